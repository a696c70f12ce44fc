"""What would come of reading a workbook? A process of its own tries it, with little memory, and tells how large its sheets are.

The reader of workbooks ends the whole process where a file makes it ask for more memory than there is. Only what is written in
the most usual way can be counted beforehand; everything else is tried here first.
"""

from __future__ import annotations

import json
import subprocess
import sys

MOST_MEMORY = 1000 * 2**20
"""Bytes of address space that reading may take."""
MOST_SECONDS = 120
PROTECTED, DAMAGED, TOO_LARGE = "protected", "damaged", "too large"
PROGRAM = """
import io, json, sys
sys.path[:] = json.loads(sys.argv[1])
data = sys.stdin.buffer.read()
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except ImportError:
    pass  # not on Windows; there the process is stopped by its time only
from python_calamine import CalamineError, CalamineWorkbook, PasswordError
try:
    areas = []
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            areas.append((sheet.total_height, sheet.total_width))
    print(json.dumps(areas))
except PasswordError:
    print(json.dumps("protected"))
except CalamineError:
    print(json.dumps("damaged"))
"""


def probe(data: bytes) -> list[tuple[int, int]] | str:
    """Return rows and columns of each sheet, or what is wrong with the workbook: ``PROTECTED``, ``DAMAGED`` or ``TOO_LARGE``."""
    command = [sys.executable, "-I", "-c", PROGRAM, json.dumps(sys.path), str(MOST_MEMORY + len(data))]
    try:
        done = subprocess.run(  # noqa: S603 - the program is the one above
            command, input=data, capture_output=True, timeout=MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return TOO_LARGE
    if done.returncode == 0:
        answer = json.loads(done.stdout)
        return answer if isinstance(answer, str) else [(height, width) for height, width in answer]
    is_large = done.returncode < 0 or b"memory" in done.stderr or b"capacity overflow" in done.stderr
    return TOO_LARGE if is_large else DAMAGED
