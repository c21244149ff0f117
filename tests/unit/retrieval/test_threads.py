"""A search uses one thread, also in a thread of a pool, which OpenMP starts with all cores."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import faiss
import numpy as np

from retrieval.index.vector_index import VectorIndex


def test_a_search_in_a_thread_of_a_pool_is_not_shared_out() -> None:
    vectors = np.eye(4, dtype=np.float32)
    places = np.arange(4, dtype=np.int64)
    index = VectorIndex.build(vectors, places, places, np.zeros((4, 16), np.uint8))

    def searched() -> tuple[int, list[int]]:
        faiss.omp_set_num_threads(4)
        found = index.nearest(vectors[2], 1)
        return faiss.omp_get_max_threads(), found.tolist()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(searched).result() == (1, [2])
