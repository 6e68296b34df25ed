"""The time a device takes: a CPU's as processor time of this process, a GPU's by the clock, when
all that was asked of it is done."""

import resource
import time

import torch


def seconds_on(device):
    if torch.device(device).type != "cpu":
        torch.cuda.synchronize()
        return time.perf_counter()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
