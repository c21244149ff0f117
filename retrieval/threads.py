"""The number of threads of one search: one."""

import faiss
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]


def limit_search_threads() -> None:
    """Limits this process (numpy's matrices) and this thread (FAISS) to one thread per search: a search is too small to be
    divided.

    Threads that wait for each other cost more than they gain, above all on a busy machine (on two cores with a load of 9, a
    search among 17,430 vectors takes 24 ms divided and 1 ms on one thread). Searches run in parallel instead.
    """
    in_this_thread()
    threadpool_limits(1, user_api="blas")


def in_this_thread() -> None:
    """Limits FAISS to one thread in this thread. OpenMP keeps the number per calling thread, and a thread of a pool begins with
    all cores.

    Takes 0.2 µs and is called before each search.
    """
    faiss.omp_set_num_threads(1)
