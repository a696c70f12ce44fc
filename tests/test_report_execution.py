"""Is a kernel that misses a request noticed, and one that computes left alone?"""

from __future__ import annotations

import time

import pytest
from fakes import fake_example
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from nbformat.v4 import new_code_cell, new_notebook

from theorytopractice.errors import PracticeError
from theorytopractice.report import build, execution

pytestmark = pytest.mark.slow

ONCE_MORE = "stopped answering at cell 2; all cells are run once more in a new one.\n"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Look into silence soon."""
    for name, seconds in {"SILENCE": 1.5, "GRACE": 1.0, "TICK": 0.1}.items():
        monkeypatch.setattr(execution, name, seconds)


@pytest.fixture
def notebook():
    return new_notebook(cells=[new_code_cell("n = 1"), new_code_cell("n += 1\nprint(n)")])


def lose_requests(monkeypatch, source, times):
    """Let a kernel miss the first requests to run a source; return those that are sent, and those that are missed."""
    sent, missed = [], []
    real = AsyncKernelClient.execute

    def execute(self, code, **options):
        if code == source and len(missed) < times:
            missed.append((self, code, options))
            return "never sent"
        sent.append(code)
        return real(self, code, **options)

    monkeypatch.setattr(AsyncKernelClient, "execute", execute)
    return sent, missed


def lose_replies(monkeypatch, times):
    """Let replies that a second cell has run be lost on their way."""
    lost = []
    real = AsyncZMQSocketChannel.get_msg

    async def get_msg(self, *args, **options):
        told = await real(self, *args, **options)
        if (
            told["msg_type"] == "execute_reply"
            and told["content"]["execution_count"] == 2
            and len(lost) < times
        ):
            lost.append(told)
            return await real(self, *args, **options)
        return told

    monkeypatch.setattr(AsyncZMQSocketChannel, "get_msg", get_msg)
    return lost


def shown(notebook):
    return [output.text for cell in notebook.cells for output in cell.outputs]


def test_after_a_missed_request_all_is_run_once_more_in_a_new_kernel_which_is_said(
    notebook, tmp_path, monkeypatch, capsys
):
    sent, missed = lose_requests(monkeypatch, "n += 1\nprint(n)", 1)
    execution.execute(notebook, str(tmp_path))
    assert (sent, len(missed)) == (["n = 1", "n = 1", "n += 1\nprint(n)"], 1)
    assert shown(notebook) == ["2\n"]
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("The kernel (ipykernel ")
    assert err.endswith(ONCE_MORE)


def test_after_a_lost_reply_all_is_run_once_more(notebook, tmp_path, monkeypatch, capsys):
    lost = lose_replies(monkeypatch, 1)
    execution.execute(notebook, str(tmp_path))
    assert (shown(notebook), len(lost)) == (["2\n"], 1)
    assert capsys.readouterr().err.endswith(ONCE_MORE)


def test_a_second_miss_is_an_error_within_the_bound_and_the_old_report_stays(tmp_path, monkeypatch, capsys):
    target = tmp_path / "report.html"
    target.write_text("the good one", encoding="utf-8")
    parameters = new_code_cell("", metadata={"tags": ["parameters"]})
    monkeypatch.setattr(
        build, "read_notebook", lambda _: new_notebook(cells=[parameters, new_code_cell("1 + 1")])
    )
    _, missed = lose_requests(monkeypatch, "1 + 1", 2)
    with pytest.raises(
        PracticeError, match=r"two kernels \(ipykernel [\d.]+\) stopped answering, the second at cell 3\."
    ):
        build.write_report(fake_example(), target)
    assert target.read_text(encoding="utf-8") == "the good one"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert len(missed) == 2
    assert capsys.readouterr().err.count("all cells are run once more") == 1


def test_two_misses_take_no_longer_than_their_bounds(notebook, tmp_path, monkeypatch):
    lose_requests(monkeypatch, "n += 1\nprint(n)", 2)
    began = time.monotonic()
    with pytest.raises(PracticeError, match="the second at cell 2"):
        execution.execute(notebook, str(tmp_path))
    assert time.monotonic() - began < 30  # two starts of a kernel, and twice 1.5 + 1.5 + 1 seconds of silence


def test_a_kernel_that_wakes_when_it_is_asked_again_goes_on_which_is_said(
    notebook, tmp_path, monkeypatch, capsys
):
    sent, missed = lose_requests(monkeypatch, "n += 1\nprint(n)", 1)
    identifiers = {}
    real = AsyncKernelClient.execute
    info = AsyncKernelClient.kernel_info

    def execute(self, code, **options):
        message = self.session.msg("execute_request")
        found = real(self, code, **options)
        if found == "never sent":
            identifiers[id(self)] = message
            return message["header"]["msg_id"]
        return found

    def kernel_info(self, **options):
        while missed and identifiers:  # whoever asks is not whoever missed
            client, code, _ = missed[0]
            _, message = identifiers.popitem()
            message["content"] = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
            client.shell_channel.send(message)
        return info(self, **options)

    monkeypatch.setattr(AsyncKernelClient, "execute", execute)
    monkeypatch.setattr(AsyncKernelClient, "kernel_info", kernel_info)
    execution.execute(notebook, str(tmp_path))
    assert (sent, shown(notebook)) == (["n = 1"], ["2\n"])
    assert capsys.readouterr().err.endswith("began cell 2 only when it was asked again.\n")


@pytest.mark.parametrize(
    "source",
    [
        "import time\ntime.sleep(6)\nprint('done')",
        "import time\nend = time.monotonic() + 6\nwhile time.monotonic() < end:\n    sum(range(1000))\nprint('done')",
        "import asyncio\nawait asyncio.sleep(6)\nprint('done')",
    ],
    ids=["sleeps", "computes", "awaits"],
)
def test_a_kernel_that_is_busy_far_longer_than_the_bounds_is_left_alone(tmp_path, capsys, source):
    notebook = new_notebook(cells=[new_code_cell("1"), new_code_cell(source)])
    execution.execute(notebook, str(tmp_path))
    assert notebook.cells[1].outputs[0].text == "done\n"
    assert capsys.readouterr() == ("", "")


def test_a_kernel_that_dies_is_an_error_of_its_cell_and_not_run_again(tmp_path, capsys):
    notebook = new_notebook(cells=[new_code_cell("1"), new_code_cell("import os\nos._exit(1)")])
    with pytest.raises(execution.CellError, match="the kernel died") as told:
        execution.execute(notebook, str(tmp_path))
    assert told.value.index == 1
    assert capsys.readouterr().out == ""


def test_a_kernel_that_never_starts_is_tried_twice(notebook, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(execution, "START", 1)
    monkeypatch.setattr(AsyncKernelClient, "kernel_info", lambda *_, **__: "never sent")
    with pytest.raises(PracticeError, match="did not answer when they were started"):
        execution.execute(notebook, str(tmp_path))
    assert "did not answer when it was started; another one is started.\n" in capsys.readouterr().err
