"""All papers of a visit with few, forty and five hundred delegates, and six letters: processor time, size, memory."""

import resource
import time
from dataclasses import replace

from tests.documents.samples import FEW, ISSUER, LETTER, many
from webapp.documents import letters, papers
from webapp.vocabulary import LetterPurpose, Paper

DELEGATES = (6, 40, 500)
# Of one processor, for all papers of forty.
ALLOWED = 5.0


def main() -> None:
    """Print a line for each size, the first with the loading of fonts."""
    took = {}
    for count in DELEGATES:
        visit = replace(FEW, delegates=many(count)[:count])
        began = time.process_time()
        sizes = [len(papers.make(paper, visit, ISSUER)) for paper in Paper]
        took[count] = time.process_time() - began
        print(f"{count:>4} delegates: {len(sizes)} papers, {sum(sizes) // 1024:>6} kB, {took[count]:.2f} s")
    began = time.process_time()
    for purpose in LetterPurpose:
        letters.write(replace(LETTER, purpose=purpose), ISSUER)
    print(f"   6 letters: {time.process_time() - began:.2f} s")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    print("within" if took[40] <= ALLOWED else "OVER", f"the {ALLOWED:.0f} s for forty")


if __name__ == "__main__":
    main()
