"""Train the models of product, lifestyle and graphic, and write them into the package.

    python bench/train_roles.py CORPUS [CORPUS ...]

CORPUS is a folder with labels.json (role_corpus.py says which form). Ambiguous pictures are left
out; what role_pictures.py composes of the rest is added. The models in the package come from the
project's shared corpus and from the pictures that open_pictures.json labels: the folder ``open``
has it as labels.json and under photos/ what these packages hold, without npm's ``package/``:

    npm pack now-ui-kit@1.3.0 paper-kit-2@2.1.0 material-kit@2.0.4 soft-ui-design-system@1.0.4 \\
        startbootstrap-creative@7.0.7                       photos/NAME-VERSION/
    apt-get download gnome-backgrounds mate-backgrounds     photos/debian/ for usr/share/
    pip download --no-deps scikit-image==0.26.0             photos/scikit-image/
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from role_corpus import Picture, load, measured
from role_pictures import compose
from role_training import Models, fit

import imagecrawler.imaging
from imagecrawler.imaging.logistic import Logistic
from imagecrawler.imaging.readings import readings

TABLE = Path(imagecrawler.imaging.__file__).with_name("role_model.py")


def main() -> None:
    folders = _arguments().corpus
    found = [picture for picture in load(folders) if not picture.ambiguous]
    if not found:
        print(f"no labels.json in {', '.join(map(str, folders))}: nothing to train on")
        return
    composed = compose(found)
    models = fit([(picture, readings(measured(picture))) for picture in (*found, *composed)])
    TABLE.write_text(_module(models, _provenance(folders, found, composed)))
    print(f"{TABLE}: {len(found)} pictures of {len(folders)} corpora, {len(composed)} composed")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("corpus", type=Path, nargs="+")
    return parser.parse_args()


def _provenance(
    folders: Sequence[Path], found: Sequence[Picture], composed: Sequence[Picture]
) -> str:
    counts = [
        f"{sum(p.role == role for p in found)} {role}"
        for role in ("product", "lifestyle", "graphic")
    ]
    names = ", ".join(folder.resolve().name for folder in folders)
    return (
        f"Trained on {date.today():%Y-%m-%d} by bench/train_roles.py on the corpora {names}\n"
        f"({', '.join(counts)}) and {len(composed)} pictures composed of them and drawn.\n"
    )


def _module(models: Models, provenance: str) -> str:
    return (
        '"""The learned models of roles: do not edit, train.\n\n'
        f"{provenance}"
        "A term is Term(mean, deviation, weight in log-odds a deviation); readings.py says what\n"
        'each reading is.\n"""\n\n'
        "from __future__ import annotations\n\n"
        "from imagecrawler.imaging.logistic import Logistic, Term\n\n"
        f"DRAWN = {_table(models.drawn)}\n"
        '"""Drawn rather than photographed."""\n\n'
        f"PLAIN = {_table(models.plain)}\n"
        '"""On plain or studio ground rather than in a scene, of what was photographed."""\n'
    )


def _table(model: Logistic) -> str:
    lines = (
        f'        "{name}": Term({term.mean}, {term.scale}, {term.weight}),\n'
        for name, term in model.terms.items()
    )
    return f"Logistic(\n    {model.base},\n    {{\n{''.join(lines)}    }},\n)"


if __name__ == "__main__":
    main()
