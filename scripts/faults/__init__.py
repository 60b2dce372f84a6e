"""``make faults``: what breaks in systems like this one, provoked on real parts, and what a caller hears of it.

- `families/`: the scenarios, one small file per family of faults. Begin there.
- `scenario.py`: what a scenario is. `lab.py`: what it may use. `caller.py`: the person in the call, who measures.
- `stack.py`, `part.py`, `tcp_proxy.py`: the system under test, whose every process and connection can be broken.
- `invariants.py`: what must be true after every run, whatever was broken.
- `runner.py`, `row.py`, `table.py`, `document.py`: runs, figures, and where they are shown.
- `at_random.py`: many calls with a random fault each, from a seed.
"""
