"""What a process that reads untrusted files may not do, and how much it may use.

Belongs here: the limits of the operating system. Does not belong here: reading (`reader`), the loop (`worker`).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import struct
import sys
from functools import lru_cache
from pathlib import Path

MEMORY_BYTES = 4 << 30
# What any file may cost beyond the process itself, which holds some 150 MB: together under 512 MB. A file that is larger itself
# than a part of this may cost as much more.
FREE_MEMORY, HELD_FREE = 330 << 20, 128 << 20
# What each byte may add once most of the file is known to be records.
MEMORY_PER_BYTE, MEMORY_PER_PACKED_BYTE = 16, 100
FREE_SECONDS, SECONDS_PER_MEGABYTE, PARTS_PER_SECOND = 5, 1, 50
MANY_COLUMNS = 64
# A parameter of glibc's `mallopt`: blocks from this size on are taken from the system, and given back to it.
_MMAP_THRESHOLD = -3
# System calls by machine: (audit architecture, socket, connect, execve, execveat, ptrace).
_CALLS = {"x86_64": (0xC000003E, 41, 42, 59, 322, 101), "aarch64": (0xC00000B7, 198, 203, 221, 281, 117)}
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2


def environment() -> dict[str, str]:
    """The environment of a reading process: nothing of ours but where modules lie, and allocators that reserve no address space.

    The limit of memory is one of address space; what an allocator reserves for many threads would count as used.
    """
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "MALLOC_ARENA_MAX": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def confine() -> bool:
    """Limit this process for its life: no file writing, no core dumps; on Linux no network and no other program.

    Returns:
        Whether the kernel took the filter of system calls; where it does not, the other limits still hold.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    _at_start()
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    known = _CALLS.get(platform.machine())
    if platform.system() != "Linux" or known is None:
        return False
    architecture, *calls = known
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 0, len(calls) + 1, architecture), (_LOAD, 0, 0, 0)]
    steps += [(_EQUAL, len(calls) - i, 0, call) for i, call in enumerate(calls)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return kernel.prctl(_SECCOMP, _FILTER, program, 0, 0) == 0


def allow_for(data: bytes, parts: int = 1, patience: int = 1) -> None:
    """Set what looking at one file may cost: processor time by its size and parts, and the memory that no file exceeds unless `grow` says so.

    `patience` multiplies the time: on a crowded machine the same work costs more of it.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + patience * seconds_for(len(data), parts)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    # Gzip is unpacked before it is looked at; no table packs to a twentieth.
    held = 20 * len(data) if data.startswith(b"\x1f\x8b") else len(data)
    _limit_memory(FREE_MEMORY + max(0, held - HELD_FREE))


def grow(data: bytes, size: int, columns: int = 1) -> None:
    """Widen the memory: the file is a table of so many bytes (of text; of the package, for xlsx and Parquet) and columns."""
    if columns > MANY_COLUMNS:
        _give_back_at_once()
    is_packed = data.startswith((b"PK", b"PA"))
    _limit_memory(FREE_MEMORY + (MEMORY_PER_PACKED_BYTE if is_packed else MEMORY_PER_BYTE) * size)


def _give_back_at_once() -> None:
    """Have glibc return each larger block when it is freed.

    Arrow reserves a whole block of text for each column and shrinks it to what the column holds. By itself glibc takes these blocks
    from its heap, where the gaps they leave count against the limit of address space: 300 MB for 500 columns of 5 KB. For few
    columns its own way costs little, and a fifth less time.
    """
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, 128 << 10)


def _limit_memory(allowed: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (min(MEMORY_BYTES, _at_start() + allowed), MEMORY_BYTES))


def seconds_for(size: int, parts: int = 1) -> int:
    """Processor seconds that a file of so many bytes, told apart into so many LEAs, may cost."""
    return FREE_SECONDS + SECONDS_PER_MEGABYTE * (size >> 20) + parts // PARTS_PER_SECOND


@lru_cache(maxsize=1)
def _at_start() -> int:
    """What this process held before its first file: what later files leave behind does not widen the limit."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return MEMORY_BYTES
