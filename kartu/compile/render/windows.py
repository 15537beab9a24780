"""Windows: a job object, which limits the memory of a process and ends it.

https://learn.microsoft.com/en-us/windows/win32/procthread/job-objects
"""

from __future__ import annotations

import ctypes

_EXTENDED_LIMITS = 9
_PROCESS_MEMORY = 0x100
_ENDS_WITH_ITS_HANDLE = 0x2000


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("process_time", ctypes.c_int64),
        ("job_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("least_working_set", ctypes.c_size_t),
        ("most_working_set", ctypes.c_size_t),
        ("processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_uint32),
        ("scheduling", ctypes.c_uint32),
    )


class _Limits(ctypes.Structure):
    _fields_ = (
        ("basic", _BasicLimits),
        ("counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peaks", ctypes.c_size_t * 2),
    )


class JobObject:
    """Limits the memory of a process, which ends with this object. Raises OSError."""

    def __init__(self, process: int, memory: int) -> None:
        limits = _Limits(process_memory=memory)
        limits.basic.flags = _PROCESS_MEMORY | _ENDS_WITH_ITS_HANDLE
        self._kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined, unused-ignore]
        self._kernel.CreateJobObjectW.restype = ctypes.c_void_p
        self._job = ctypes.c_void_p(self._kernel.CreateJobObjectW(None, None))
        size, place = ctypes.sizeof(limits), ctypes.byref(limits)
        if not (
            self._job
            and self._kernel.SetInformationJobObject(self._job, _EXTENDED_LIMITS, place, size)
            and self._kernel.AssignProcessToJobObject(self._job, ctypes.c_void_p(process))
        ):
            raise OSError("a job object cannot be made")

    def __del__(self) -> None:
        self._kernel.CloseHandle(self._job)
