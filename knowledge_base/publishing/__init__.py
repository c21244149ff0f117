"""Publishing: a candidate is built aside, judged by questions, and made what every node answers from; or dropped."""
