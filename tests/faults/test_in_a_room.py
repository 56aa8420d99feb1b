"""The table of calls in rooms names every row and every scene; `python -m tests.faults` makes the calls."""

from collections import Counter

from tests.faults.cells import cells, chosen
from tests.faults.rows import ROWS
from tests.faults.scenes import SCENES


def test_a_rotation_has_each_row_once_and_each_scene_and_all_rotations_have_every_cell() -> None:
    tried = chosen()
    rotations = [cell.id for rotation in range(len(SCENES)) for cell in chosen(rotation)]

    assert [cell.row.name for cell in tried] == [row.name for row in ROWS]
    assert len(Counter(cell.scene.id for cell in tried)) >= 30
    assert set(rotations) == {cell.id for cell in cells()}
    assert len({cell.id for cell in cells()}) == len(cells())
