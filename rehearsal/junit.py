"""Verdicts as JUnit's XML, which CI servers read."""

from collections.abc import Sequence
from xml.etree import ElementTree

from rehearsal.house import Verdict
from rehearsal.simulations import Unplayed
from switchboard.text import clean


def junit_xml(verdicts: Sequence[Verdict], unplayed: Sequence[Unplayed] = ()) -> str:
    """A document: one test case for each call, and one that is skipped for what is not played."""
    suite = ElementTree.Element(
        "testsuite",
        name="scenarios",
        tests=str(len(verdicts) + len(unplayed)),
        failures=str(sum(not verdict.passed for verdict in verdicts)),
        skipped=str(len(unplayed)),
        time=f"{sum(verdict.seconds for verdict in verdicts):.3f}",
    )
    for verdict in verdicts:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=f"scenarios.{verdict.play.file.parent.name}",
            name=f"{verdict.play.short} ({verdict.which})",
            time=f"{verdict.seconds:.3f}",
        )
        for miss in verdict.misses:
            failure = ElementTree.SubElement(case, "failure", message=clean(f"expected: {miss.expected}"))
            failure.text = clean(f"heard: {miss.heard}")
    for each in unplayed:
        case = ElementTree.SubElement(suite, "testcase", classname="scenarios", name=each.name, time="0")
        ElementTree.SubElement(case, "skipped", message=each.why)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)
