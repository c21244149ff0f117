"""Publishing: a candidate snapshot is built separately, judged by questions, and then activated on every node or dropped."""
