"""Patient-days a second of simglucose on days like those of the bench: basal insulin by pump, three meals a day (45, 70 and 80 g about 7, 12
and 18 h) with a dose by the subject's carbohydrate ratio, no controller, no sensor: its patient class alone, its fastest use.

    python3 simglucose_days.py [PEOPLE] [DAYS]

simglucose registers itself with `gym` when imported; where gym is absent, a stand-in takes that one call."""
import os
import random
import sys
import time
import types
import warnings

warnings.filterwarnings("ignore")
try:
    import gym  # noqa: F401
except ImportError:
    names = ["gym", "gym.envs", "gym.envs.registration"]
    modules = [types.ModuleType(name) for name in names]
    modules[2].register = lambda **_: None
    sys.modules.update(zip(names, modules))

import pandas  # noqa: E402
import simglucose  # noqa: E402
from simglucose.patient.t1dpatient import Action, T1DPatient  # noqa: E402

MEALS = ((7, 45.0), (12, 70.0), (18, 80.0))  # hour, g


def person_days(number, days, grams_per_u):
    """One person's days, minute by minute; => processor time in seconds."""
    person = T1DPatient.withID(number)
    chance = random.Random(number)
    basal = person._params.u2ss * person._params.BW / 6000.0
    began = time.process_time()
    for _ in range(days):
        meals = {int((hour + max(-1.0, min(3.0, chance.gauss(0.0, 1.0)))) * 60): max(5.0, chance.gauss(grams, 10.0)) for hour, grams in MEALS}
        for minute in range(1440):
            eaten = meals.get(minute, 0.0)
            person.step(Action(CHO=eaten, insulin=basal + eaten / grams_per_u))
    return time.process_time() - began


def main():
    people, days = (int(value) for value in (sys.argv[1:] + ["2", "1"][len(sys.argv) - 1:])[:2])
    quest = pandas.read_csv(os.path.join(os.path.dirname(simglucose.__file__), "params", "Quest.csv"))
    seconds = sum(person_days(11 + i % 10, days, float(quest.CR[10 + i % 10])) for i in range(people))
    print(f"simglucose, patient class: {people * days / seconds:.3f} patient-days/s ({people} people, {days} days, one core)")


main()
