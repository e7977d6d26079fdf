"""Files that were damaged, disks that are full, processes that are killed: more of each by ``python tests/fuzz/files.py``."""

from __future__ import annotations

import errno
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fuzz import files
from fuzz.files import ERRORS, KINDS, OPERATIONS, Trap, check_damage, check_failure, failing, nothing_runs
from fuzz.shrinking import Trouble

from autograd.files import write_atomically
from nn import data


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_refused_or_means_what_it_meant_and_nothing_in_it_runs(kind):
    if kind == "network of a page" and not shutil.which("node"):
        pytest.skip("needs node, which runs the page's script")
    for seed in range(50):
        check_damage(kind, seed)


def test_an_error_about_a_table_is_one_line_however_long_its_cells(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text(f'"{"x" * 10**5}\nname",y\n1,0\n2,1\nword,0\n')
    with pytest.raises(ValueError, match=r"data\.csv.*column 1 \(x{500}") as error:
        data.load_csv(path)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 1000


def test_what_runs_while_a_file_is_read_is_noticed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Trouble, match=r"pickle\.find_class"), nothing_runs():
        pickle.loads(pickle.dumps(Trap()))
    with nothing_runs():
        (tmp_path / "file").write_text("as files are written")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_that_fails_while_a_file_is_saved_leaves_the_old_file_or_the_new_one(operation):
    for number in ERRORS:
        check_failure(operation, number)


@pytest.mark.parametrize("operation", ["fsync", "chmod"])
def test_what_a_network_drive_does_not_know_is_left_out_there(tmp_path, operation):
    path = tmp_path / "model"
    path.write_bytes(b"old")
    with failing(operation, OSError(errno.ENOTSUP, "Operation not supported")):
        write_atomically(path, b"new")
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"new"]
    with (
        failing(operation, OSError(errno.EIO, "Input/output error")),
        pytest.raises(OSError, match="nothing was written"),
    ):
        write_atomically(path, b"newer")
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"new"]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes of its own")
def test_processes_killed_while_they_save_and_a_full_disk_never_cost_the_good_file():
    command = [sys.executable, files.__file__, "--seed", "0", "--only", "kills", "--kills", "20", "--only", "disk"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(files.__file__).parents[2], timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "20 kills, 1 disk: 0 in trouble" in done.stdout
