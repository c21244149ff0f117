"""From a citizen's message to its one reply, on every channel.

The folders, in the order in which a message passes through them:

- ``ports``            the contract of a channel, without any transport
- ``intake/``          verify → parse → deduplicate → mask → commit → wake-up → acknowledge
- ``signals/``         Redis: the stream of wake-ups, news of replies, rate counters
- ``worker/``          the conversation's lease, its messages in order, the commit
- ``turn_pipeline``    the list of everything that happens to a message
- ``steps/``           the steps that may end a turn, one file each
- ``additions/``       what is added to a turn, one file each
- ``turns/``           shared by steps and additions: danger, choices, the reading of a message
- ``engine/``          Rasa: client, pool, circuit breaker
- ``delivery/``        the outbox of channels that push
- ``client_updates/``  what a waiting client receives
- ``record/``          database rows: opened, written, erased, deleted after the retention period
- ``service_control/`` announcements, and channels that are switched off

``cli.worker`` and ``channels.gateway`` compose it.
"""
