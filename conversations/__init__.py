"""From a citizen's message to the one reply to it, whatever the channel.

Where to look, in the order in which a message passes:

- ``ports``            what a channel is, without any transport
- ``intake/``          verify → parse → deduplicate → mask → commit → wake-up → acknowledge
- ``signals/``         Redis: the stream of wake-ups, news of replies, counts
- ``worker/``          the conversation's lease, its messages in order, the commit
- ``turn_pipeline``    one message's way to its turn
- ``steps/``           what may end a turn before the dialogue engine is asked
- ``turns/``           what the pipeline is made of: danger, choices, commands, degraded mode
- ``engine/``          Rasa: client, pool, circuit breaker
- ``delivery/``        the outbox of channels that push
- ``following/``       what a client that waits is told
- ``record/``          rows: opened, written, erased, deleted when their time is over
- ``service_control/`` announcements, and channels that are switched off

``cli.worker`` and ``channels.gateway`` compose it.
"""
