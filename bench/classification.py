"""How well product, lifestyle and graphic are told apart by their pixels.

    python bench/classification.py CORPUS [CORPUS ...] [--folds 5] [--without-training]

CORPUS is a folder with labels.json (role_corpus.py says which form). For each: the confusion
matrix, precision, recall and F1 of rules by hand (whose weights were chosen on the shared corpus),
of the models in the package (which may have been trained on it) and, cross-validated, of models
trained without any picture that shares a style or was composed of one; macro-F1 with a bootstrap
interval over styles, and how well the probabilities are calibrated.
Ambiguous pictures are left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from role_corpus import Picture, folds, load, measured
from role_pictures import compose
from role_rules import by_rules
from role_training import Example, Models, fit

from imagecrawler.imaging.readings import readings
from imagecrawler.imaging.role_model import DRAWN, PLAIN
from imagecrawler.imaging.roles import ROLES, fused, plain_ground

Floats = npt.NDArray[np.float64]
Names = npt.NDArray[np.str_]


def main() -> None:
    options = _arguments()
    found = [picture for picture in load(options.corpus) if not picture.ambiguous]
    if not found:
        print(f"no labels.json in {', '.join(map(str, options.corpus))}: nothing is measured")
        return
    figures = [measured(picture) for picture in found]
    examples = [(picture, readings(each)) for picture, each in zip(found, figures, strict=True)]
    _tables("rules by hand", found, np.array([by_rules(each) for each in figures]))
    _tables("the models in the package", found, _predicted(Models(DRAWN, PLAIN), examples))
    if not options.without_training:
        validated = _cross_validated(examples, _read(compose(found)), options.folds)
        _tables(f"cross-validated by style, {options.folds} folds", found, validated)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("corpus", type=Path, nargs="+")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--without-training", action="store_true")
    return parser.parse_args()


def _read(pictures: Sequence[Picture]) -> list[Example]:
    return [(picture, readings(measured(picture))) for picture in pictures]


def _predicted(models: Models, examples: Sequence[Example]) -> Floats:
    """The probabilities of ROLES, a row a picture."""
    told = [
        fused(models.drawn, models.drawn.contributions(read),
              models.plain, plain_ground(models.plain, read))
        for _, read in examples
    ]  # fmt: skip
    return np.array([[getattr(each, role) for role in ROLES] for each in told])


def _cross_validated(
    examples: Sequence[Example], composed: Sequence[Example], count: int
) -> Floats:
    fold = folds([picture for picture, _ in examples], count)
    result = np.zeros((len(examples), len(ROLES)))
    for held in range(count):
        test = [example for example, place in zip(examples, fold, strict=True) if place == held]
        styles = frozenset().union(*(picture.styles for picture, _ in test))
        rest = [e for e in (*examples, *composed) if styles.isdisjoint(e[0].styles)]
        result[fold == held] = _predicted(fit(rest), test)
    return result


def _tables(title: str, pictures: Sequence[Picture], predicted: Floats) -> None:
    """Those of each corpus, as one says nothing of another."""
    corpora = np.array([min(picture.styles).partition("/")[0] for picture in pictures])
    for corpus in dict.fromkeys(corpora.tolist()):
        mine = corpora == corpus
        print(f"\n{corpus}: {title}")
        _table([p for p, is_mine in zip(pictures, mine, strict=True) if is_mine], predicted[mine])


def _table(pictures: Sequence[Picture], predicted: Floats) -> None:
    truth = np.array([picture.role for picture in pictures])
    told = np.array(ROLES)[predicted.argmax(axis=1)]
    print(
        f"{'is':10} | {'told ' + ROLES[0]:>13} {ROLES[1]:>9} {ROLES[2]:>8} |  prec.   rec.     F1"
    )
    for role in ROLES:
        row = [int(((truth == role) & (told == other)).sum()) for other in ROLES]
        figures = " ".join(f"{value:6.3f}" for value in _figures(truth, told, role))
        print(f"{role:10} | {row[0]:13} {row[1]:9} {row[2]:8} | {figures}")
    low, high = _interval(pictures, truth, told)
    print(f"macro-F1 {_macro(truth, told):.3f}, 95 % of resampled styles {low:.3f} to {high:.3f}")
    print("\n".join(_reliability(truth, told, predicted)))


def _figures(truth: Names, told: Names, role: str) -> tuple[float, float, float]:
    """Precision, recall, F1."""
    hits = float(((truth == role) & (told == role)).sum())
    named, there = float((told == role).sum()), float((truth == role).sum())
    return hits / max(1, named), hits / max(1, there), 2 * hits / max(1, named + there)


def _macro(truth: Names, told: Names) -> float:
    """Over the roles that occur."""
    return float(np.mean([_figures(truth, told, role)[2] for role in ROLES if role in truth]))


def _interval(pictures: Sequence[Picture], truth: Names, told: Names) -> tuple[float, float]:
    """By drawing styles, not pictures: those of a style are right or wrong together."""
    rng = np.random.default_rng(0)
    names = np.array([min(picture.styles) for picture in pictures])
    members = [np.flatnonzero(names == style) for style in np.unique(names)]
    values = []
    for _ in range(1000):
        drawn = rng.integers(len(members), size=len(members))
        chosen = np.concatenate([members[index] for index in drawn])
        values.append(_macro(truth[chosen], told[chosen]))
    return float(np.percentile(values, 2.5)), float(np.percentile(values, 97.5))


def _reliability(truth: Names, told: Names, predicted: Floats) -> Iterator[str]:
    """Of what was told with some probability, how much is right."""
    sure, right = predicted.max(axis=1), truth == told
    yield "told with     pictures  mean  right"
    for low, high in ((0.0, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 0.97), (0.97, 1.01)):
        bin_ = (sure >= low) & (sure < high)
        if bin_.any():
            share = f"{sure[bin_].mean():5.2f}  {right[bin_].mean():5.2f}"
            yield f"{low:.2f} to {min(1, high):.2f}  {bin_.sum():8} {share}"


if __name__ == "__main__":
    main()
