"""Links in what citizens read: checked at night in small batches; a broken one is a task, and answers say so."""
