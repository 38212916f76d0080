"""An abstract in a model's words: what is asked, what is believed of the answer, what it may cost (pure).

::

    texts → material.pool → request.messages → (pipeline.model asks) → answer.read → verdict.judge → abstract or refusal
                                  ↑
                              allowance: may it be asked at all?

The texts are written by strangers and the answer by a machine that read them: neither is trusted. What the model says
is shown only where every claim in it stands in the texts; in doubt it is refused, and the sentences that the
recipe chose stay.
"""
