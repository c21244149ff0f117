"""How citizens reach the service: gateway, worker, and one folder a channel (web, sms).

Where to look, in the order in which a message passes:

- ``contracts``  what a channel is, without any transport
- ``inbound``    verify → parse → deduplicate → mask → commit → wake-up → acknowledge
- ``nerve``      Redis: the stream of wake-ups, and news of replies
- ``redis_client``  how Redis is reached: one server, Sentinels, a Cluster
- ``worker/``    lease, turns in order, commit, deliveries, sweep
- ``events``     what the widget is told of a reply
- ``gateway/``   the one process that listens to the outside
"""
