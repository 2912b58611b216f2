"""The life of an exam as one table: what each stage means, and who takes it to the next.

draft        the organiser writes it; nobody else sees it.
invited      schools answer, subject by subject, until the hour set for it.
registering  schools that take part send their candidates, subject by subject.
rostered     numbers, rooms and seats are drawn and locked: only late candidates, with a reason.
sat          the papers are written; who was absent, void, exempt or late is recorded.
marking      answers are scored and scripts are marked.
verifying    every candidate has a result in every subject: they are looked through, and mended.
frozen       a snapshot with its hash; what changes now makes another snapshot.
released     told to the recipients at its hour; appeals are heard here.
archived     nothing changes any more.

Stages may be passed over, in two ways that are written here and nowhere else:
- An exam whose results come as sheets needs no roster: `import` leads from invited straight to
  verifying, and the sheet is the roster. Once registration is open there is a roster, and results
  come in only after the sitting (`import` from sat).
- A paper of objective items alone needs no marking: `import` of its answers leads from sat to
  verifying. While other subjects are marked, `import_part` takes a sheet and stays in marking.
From verifying one may go back to marking, from frozen back to verifying (`reopen`, with a reason:
the next freezing makes a new snapshot). What is frozen can no longer be cancelled.
"""

from schoolgroup.evaluation.exams.models import ExamStatus as S
from schoolgroup.kernel.transitions import Machine, Transition

BEFORE_RESULTS = (S.INVITED, S.REGISTERING, S.ROSTERED)
BEFORE_FROZEN = (*BEFORE_RESULTS, S.SAT, S.MARKING, S.VERIFYING)
# Schools still answer.
ANSWERING = (S.INVITED, S.REGISTERING)
# Papers, hours and setters are still arranged.
BEFORE_SAT = (S.DRAFT, *BEFORE_RESULTS)
# Results come in, and keys may still turn out wrong.
RESULTS_COME_IN = (S.SAT, S.MARKING, S.VERIFYING)

EXAM: Machine[S] = Machine(
    "exam",
    [
        Transition("invite", "exam:create", (S.DRAFT, S.INVITED), S.INVITED),
        Transition("register", "roster:run", (S.INVITED,), S.REGISTERING),
        Transition("lock", "roster:run", (S.REGISTERING,), S.ROSTERED),
        Transition("sit", "roster:run", (S.ROSTERED,), S.SAT),
        Transition("import", "exam:import", (S.INVITED, S.SAT, S.VERIFYING), S.VERIFYING),
        Transition("import_part", "exam:import", (S.MARKING,), S.MARKING),
        Transition("begin_marking", "exam:mark", (S.SAT, S.VERIFYING), S.MARKING),
        Transition("verify", "exam:mark", (S.SAT, S.MARKING), S.VERIFYING),
        Transition("freeze", "exam:freeze", (S.VERIFYING,), S.FROZEN),
        Transition("reopen", "exam:freeze", (S.FROZEN,), S.VERIFYING),
        Transition("release", "release:make", (S.FROZEN, S.RELEASED), S.RELEASED),
        Transition("withdraw", "release:make", (S.RELEASED,), S.FROZEN),
        Transition("archive", "exam:freeze", (S.RELEASED, S.FROZEN), S.ARCHIVED),
        Transition("cancel", "exam:cancel", (S.DRAFT, *BEFORE_FROZEN), S.CANCELLED),
    ],
)
