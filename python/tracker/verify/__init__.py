"""Does an exported project give again what the notebook gave? Run it, compare, record the verdict.

    from tracker.verify import verify

    verify(export, originals, store, env_manager="uv") -> Proof

The project runs in a process and an environment of its own. Every final metric, figure and file of
each original run is compared with the run that stands for it; where they differ, the likely cause
is looked for, at the price of a second run. Both runs are tagged:

    tracker.reproduction.verdict    `reproduced exactly`, `within tolerance` or `differs`
    tracker.reproduction.detail     what was compared; or the first difference
    tracker.reproduction.cause      why they differ, as far as can be told
    tracker.reproduction.tolerance  how far metrics may be apart, relative to their size
    tracker.reproduction.run        on the original: the run that reproduced it
    tracker.reproduction.of         on that run: the original
"""

from tracker.verify.originals import original_runs
from tracker.verify.proof import Proof, Reproduction, verify
from tracker.verify.verdict import Verdict, VerdictKind

__all__ = ["Proof", "Reproduction", "Verdict", "VerdictKind", "original_runs", "verify"]
