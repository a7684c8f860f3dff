"""Runs the engine's parsers of foreign files in a child process with limits.

A file that eats memory or time, or crashes the interpreter, ends the child and becomes an
error the user can read; the Odoo worker goes on. The child gets no environment, no open
files and no database.
"""

import logging
import os
import pickle
import subprocess
import sys
from pathlib import Path

from ..engine.errors import EngineError, FileError
from .safe_io_child import EngineUnpickler

_logger = logging.getLogger(__name__)

_CHILD = str(Path(__file__).with_name("safe_io_child.py"))
_STARTER = str(Path(__file__).with_name("document_ocr_child.py"))
_ADDON = __package__.removesuffix(".models")

#: what a parser may use: bytes of memory, seconds of processor time, seconds on the clock
MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 60
WALL_SECONDS = 90


def run_parser(target, data, *, memory=MEMORY, cpu_seconds=CPU_SECONDS, **kwargs):
    """What the engine function ``target`` makes of ``data``, computed in a child process.

    :param target: ``"tabular.reader:read_table"``: module under ``engine``, function
    :param data: content of the file
    :param kwargs: further arguments of the function: plain values, rows or dataclasses of
        the engine
    :raises EngineError: what the function raises, or ``parser_too_much`` and
        ``parser_failed`` when the child is stopped or dies
    """
    request = pickle.dumps(
        {"target": target, "data": bytes(data), "kwargs": kwargs},
        protocol=pickle.HIGHEST_PROTOCOL,
    )
    reply = _run_child(b"%d %d\n" % (memory, cpu_seconds) + request, target)
    try:
        succeeded, result = EngineUnpickler(reply, _ADDON).load()
    except Exception as error:
        _logger.warning("%s: answer of the parser refused", target, exc_info=True)
        raise FileError("parser_failed") from error
    if succeeded:
        return result
    if not isinstance(result, EngineError):
        raise FileError("parser_failed")
    raise result


def _run_child(request, target):
    try:
        child = subprocess.run(
            # -I: no environment, no current folder; -S: no site hooks, paths come from here;
            # -B: it may write no file, compiled modules neither
            [sys.executable, "-I", "-S", "-B", *_compiled(), _CHILD, *_library_paths()],
            input=request,
            capture_output=True,
            timeout=WALL_SECONDS,
            env={"LANG": "C.UTF-8"},
            close_fds=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        _logger.warning("%s: stopped after %s s", target, WALL_SECONDS)
        raise FileError("parser_too_much") from None
    if child.stderr:
        _logger.info("%s: %s", target, child.stderr[-500:].decode("utf-8", "replace"))
    if child.returncode == 0 and child.stdout:
        return child.stdout
    _logger.warning("%s: parser ended with %s", target, child.returncode)
    # stopped by the processor limit (SIGXCPU, SIGKILL) or out of memory (own code 3)
    too_much = child.returncode in (-24, -9, 3) or b"MemoryError" in child.stderr
    raise FileError("parser_too_much" if too_much else "parser_failed")


def run_program(words, data, *, memory=MEMORY, cpu_seconds=CPU_SECONDS):
    """What another program makes of ``data``: its exit code and what it prints.

    It is started by a child that limits itself first; it gets no environment and may write
    no file.

    :param words: the program with its arguments, never a text from outside
    :raises EngineError: ``parser_too_much`` when it is stopped by the clock
    """
    limits = [sys.executable, "-I", "-S", _STARTER, str(memory), str(cpu_seconds)]
    try:
        child = subprocess.run(
            [*limits, *words],
            input=bytes(data),
            capture_output=True,
            timeout=WALL_SECONDS,
            env={"LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},
            close_fds=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        _logger.warning("%s: stopped after %s s", words[0], WALL_SECONDS)
        raise FileError("parser_too_much") from None
    if child.returncode:
        _logger.info("%s: %s %r", words[0], child.returncode, child.stderr[-300:])
    return child.returncode, child.stdout


def _compiled():
    """Where this process keeps its compiled modules, if that is elsewhere than beside them."""
    return ["-X", f"pycache_prefix={sys.pycache_prefix}"] if sys.pycache_prefix else []


def _library_paths():
    """Where the parsers' libraries are; Odoo's own path is of no use to the child."""
    return [path for path in sys.path if path and os.path.isdir(path)]
