"""Evaluation: questions with known answers, the figures of a retriever on them, and runs that are stored and compared."""

from retrieval.evaluation.metrics import first_right, percentiles, recall_and_mrr
from retrieval.evaluation.questions import Question, read_questions
from retrieval.evaluation.retrieval import ask, evaluate_retrieval

__all__ = ["Question", "ask", "evaluate_retrieval", "first_right", "percentiles", "read_questions", "recall_and_mrr"]
