"""From a citizen's message to the one reply to it, whatever the channel.

Where to look, in the order in which a message passes:

- ``ports``            what a channel is, without any transport
- ``intake/``          verify → parse → deduplicate → mask → commit → wake-up → acknowledge
- ``signals/``         Redis: the stream of wake-ups, news of replies, counts
- ``worker/``          the conversation's lease, its messages in order, the commit
- ``turn_pipeline``    the list of all that happens to a message
- ``steps/``           what may end a turn, a file each
- ``additions/``       what is added to a turn, a file each
- ``turns/``           what steps and additions share: danger, choices, the reading of a message
- ``engine/``          Rasa: client, pool, circuit breaker
- ``delivery/``        the outbox of channels that push
- ``following/``       what a client that waits is told
- ``record/``          rows: opened, written, erased, deleted when their time is over
- ``service_control/`` announcements, and channels that are switched off

``cli.worker`` and ``channels.gateway`` compose it.
"""
