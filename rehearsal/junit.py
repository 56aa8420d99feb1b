"""Verdicts as JUnit's XML, which CI servers read."""

from collections.abc import Sequence
from xml.etree import ElementTree

from rehearsal.house import Verdict
from switchboard.text import clean


def junit_xml(verdicts: Sequence[Verdict]) -> str:
    """A document: one test case for each call."""
    suite = ElementTree.Element(
        "testsuite",
        name="scenarios",
        tests=str(len(verdicts)),
        failures=str(sum(not verdict.passed for verdict in verdicts)),
        time=f"{sum(verdict.seconds for verdict in verdicts):.3f}",
    )
    for verdict in verdicts:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=f"scenarios.{verdict.play.file.parent.name}",
            name=f"{verdict.play.file.stem} (seed {verdict.seed})",
            time=f"{verdict.seconds:.3f}",
        )
        for miss in verdict.misses:
            failure = ElementTree.SubElement(case, "failure", message=clean(f"expected: {miss.expected}"))
            failure.text = clean(f"heard: {miss.heard}")
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)
