"""Fits the weights of components/kit/search/src/fit.rs to intents; needs numpy. Each file here holds the intents of one writer,
who saw neither phrases nor other intents; `project` is what the project began with. Prints what is found of each file with
weights fitted to the others alone, then the same of vendors as they would be without phrases, and then the weights of all.

    cargo run --example facts -- host-test/intents > facts.jsonl
    python3 host-test/intents/fit.py facts.jsonl
"""

import json
import sys

import numpy as np

PRODUCT, VENDOR_OTHER = 10, 23
# As TOGETHER in fit.rs.
PAIRS = [(2, 14), (28, 13), (28, 14), (0, 14), (0, 13), (22, 26), (8, 13), (33, 13), (1, 13), (8, 33), (19, 13), (18, 13),
         (12, 26), (30, 13), (35, 28), (36, 13)]
# How much an intent that nothing serves counts, how small weights are kept, and how near to those of operations with phrases.
NONE, SMALL_RANK, SMALL_SURE, NEAR = 7.5, 0.0005, 0.01, 0.002
# What an operation loses that must not come before others: AGAINST in fit.rs.
AGAINST = 100.0


class Cases:
    """Intents: the facts of each operation, which are right, which must not come first, and which have no phrases."""

    def __init__(self, cases):
        self.facts = np.array([[facts for _, facts in case["facts"]] for case in cases], dtype=np.float32)
        self.right = np.array([[id in case["expect"] for id, _ in case["facts"]] for case in cases])
        self.against = np.array([case["against"] for case in cases])
        self.plain = np.array([case["plain"] for case in cases])
        self.group = np.array([case["group"] for case in cases])

    def only(self, which):
        some = Cases.__new__(Cases)
        some.__dict__ = {name: value[which] for name, value in self.__dict__.items()}
        return some

    def scores(self, ranks):
        return np.where(self.plain, self.facts @ ranks[1], self.facts @ ranks[0])

    def first(self, ranks):
        at = np.arange(len(self.facts)), (self.scores(ranks) - AGAINST * self.against).argmax(1)
        return self.facts[at], self.plain[at]


def in_16ths(weights):
    return (np.clip(np.round(weights * 16), -127, 127) / 16).astype(np.float32)


def rank(cases, ranks, plain, steps=400, rate=0.1):
    """The likelihood that one of the expected operations is first, by Adam: weights of operations with or without phrases, the
    others being as they are."""
    cases = cases.only(cases.right.any(1))
    ranks = [ranks[0], ranks[0].copy()] if plain else [ranks[0].copy(), ranks[1]]
    near, small = (ranks[0], NEAR) if plain else (0.0, SMALL_RANK)
    own = cases.facts * (cases.plain == plain)[:, :, None]
    mean, square = np.zeros(own.shape[2]), np.zeros(own.shape[2])
    for step in range(1, steps + 1):
        score = cases.scores(ranks)
        score = np.exp(score - score.max(1, keepdims=True))
        wanted = score * cases.right
        error = wanted / (wanted.sum(1, keepdims=True) + 1e-30) - score / score.sum(1, keepdims=True)
        slope = np.einsum("nd,ndf->f", error, own) / len(own) - small * (ranks[plain] - near)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope * slope
        ranks[plain] = ranks[plain] + rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return in_16ths(ranks[plain])


def more(facts):
    return np.concatenate([facts, *(facts[:, [a]] * facts[:, [b]] for a, b in PAIRS)], 1)


def sure(cases, ranks, plain):
    """The likelihood that the first operation is meant at all, by Newton's method."""
    facts, plains = cases.first(ranks)
    rows, meant = more(facts[plains == plain]), cases.right.any(1)[plains == plain].astype(float)
    counts = np.where(meant > 0, 1.0, NONE)
    weights = np.zeros(rows.shape[1])
    small = SMALL_SURE * len(rows)
    for _ in range(25):
        likely = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (counts * (meant - likely)) - small * weights
        bend = (rows * (counts * likely * (1 - likely))[:, None]).T @ rows + small * np.eye(len(weights))
        weights += np.linalg.solve(bend, slope)
    return in_16ths(weights)


def fit(cases, without):
    nothing = np.zeros(cases.facts.shape[2], dtype=np.float32)
    ranks = [rank(cases, [nothing, nothing], 0)] * 2
    ranks[1] = rank(without, ranks, 1, 250)
    return ranks, [sure(cases, ranks, 0), sure(without, ranks, 1)]


def measure(cases, ranks, sures):
    """Of each intent: whether an operation serves it, the place of the first that does, and whether hits are weak. fit.rs calls
    some more hits weak."""
    order = np.argsort(AGAINST * cases.against - cases.scores(ranks), axis=1, kind="stable")
    place = np.take_along_axis(cases.right, order, 1).argmax(1)
    best, plain = cases.first(ranks)
    weak = np.where(plain, more(best) @ sures[1], more(best) @ sures[0]) <= 0
    weak |= (best[:, VENDOR_OTHER] > 0) | (best[:, PRODUCT] > 0)
    return np.stack([cases.right.any(1), place, weak], 1)


def show(name, out):
    served, none = out[out[:, 0] > 0], out[out[:, 0] == 0]
    place = served[:, 1]
    print(f"{name:12} {len(served):4} R@1 {np.mean(place == 0):.3f} R@5 {np.mean(place < 5):.3f} "
          f"MRR {np.mean(1 / (place + 1)):.3f} weak {np.mean(served[:, 2]):.3f}   {len(none):4} weak {np.mean(none[:, 2]):.3f}",
          flush=True)


lines = [json.loads(line) for line in open(sys.argv[1])]
cases = Cases([case for case in lines if not case["without"]])
# Of a vendor without phrases, what is asked of it, or of nobody.
without = Cases([case for case in lines if case["without"] and (
    not case["expect"] or any(id.startswith(case["without"] + ".") for id in case["expect"]))])
unseen, plain = [], []
for group in sorted(set(cases.group)):
    weights = fit(cases.only(cases.group != group), without.only(without.group != group))
    unseen.append(measure(cases.only(cases.group == group), *weights))
    plain.append(measure(without.only(without.group == group), *weights))
    show(group, unseen[-1])
show("left out", np.concatenate(unseen))
show("no phrases", np.concatenate(plain))
ranks, sures = fit(cases, without)
show("fitted", measure(cases, ranks, sures))
for name, both in [("RANK", ranks), ("SURE", [both[: len(ranks[0])] for both in sures]),
                   ("SURE_TOGETHER", [both[len(ranks[0]):] for both in sures])]:
    print(name, [[int(weight * 16) for weight in weights] for weights in both])
