"""How many threads one search uses: one."""

from __future__ import annotations

import faiss
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]


def one_for_each_search() -> None:
    """For this process (numpy's matrices) and this thread (FAISS): a search is too small to share out.

    Threads that wait for each other cost more than they bring, many times more on a busy machine (on two cores with a load
    of 9, a search among 17,430 vectors takes 24 ms shared out, and 1 ms alone). Searches run side by side instead.
    """
    in_this_thread()
    threadpool_limits(1, user_api="blas")


def in_this_thread() -> None:
    """The same for FAISS, whose number of threads OpenMP keeps for each thread that asks: one of a pool begins with all cores.

    It takes 0.2 µs, and is called before each search.
    """
    faiss.omp_set_num_threads(1)
