"""Dialogs that stand before a page: told apart by their words, answered by a click.

Asked for consent we refuse where one click does, else accept, else close. Of an age gate we say
what a shopper of age would. Anything else on a page is none of our business.
"""

from __future__ import annotations

import logging

from playwright.async_api import Error as PlaywrightError

from imagecrawler.budget import Budget
from imagecrawler.errors import BrowserLost, RenderFailed
from imagecrawler.rendering.frames import FrameWorlds
from imagecrawler.rendering.world import IsolatedWorld

logger = logging.getLogger(__name__)

#: A page may ask for consent and for an age; one that asks for more plays with us.
MAX_DIALOGS = 3

#: Of the frames that lie over a page: how many are asked, and CSS pixels, smaller ones ask nothing.
MAX_FRAMES = 10
LEAST_SIDE = 40

# A button's words begin with one of these. Languages: en, de, fr, es, it, nl, pt, pl, sv, da, nb,
# fi, cs, hu, ro, tr, ru, ja, zh, ko.
# fmt: off
_REFUSE = (
    "reject", "decline", "refuse", "deny", "disagree", "only necessary", "necessary only",
    "only essential", "essential only", "only required", "required only", "strictly necessary",
    "use necessary", "continue without", "do not accept", "don't accept", "no, thanks", "no thanks",
    "alle ablehnen", "ablehnen", "nur notwendige", "nur erforderliche", "nur essen", "verweigern",
    "nur technisch", "weiter ohne", "ohne einwilligung",
    "tout refuser", "refuser", "je refuse", "continuer sans", "uniquement les", "non merci",
    "rechazar", "denegar", "solo necesari", "solo las necesari", "continuar sin",
    "rifiuta", "nega", "continua senza", "solo necessari", "solo i necessari",
    "alles weigeren", "weigeren", "alles afwijzen", "afwijzen", "alleen noodzakelijk",
    "rejeitar", "recusar", "apenas necess", "apenas os necess", "somente necess",
    "odrzuć", "tylko niezbędne", "nie zgadzam",
    "avvisa", "neka", "endast nödvändiga", "afvis", "kun nødvendige", "avvis", "bare nødvendige",
    "hylkää", "vain välttämättömät", "odmítnout", "pouze nezbytné", "elutasít", "csak a szükséges",
    "respinge", "refuz", "tümünü reddet", "reddet", "отклонить", "только необходимые",
    "すべて拒否", "拒否", "同意しない", "全部拒绝", "拒绝", "仅必要", "모두 거부", "거부",
)
_ACCEPT = (
    "accept", "allow", "agree", "i agree", "i accept", "ok", "okay", "got it", "i understand",
    "understood", "yes, i", "that's fine", "consent", "continue",
    "alle akzeptieren", "akzeptieren", "alle zulassen", "zustimmen", "einverstanden", "verstanden",
    "alle cookies", "annehmen", "ich stimme",
    "tout accepter", "accepter", "j'accepte", "d'accord", "compris", "autoriser",
    "aceptar", "acepto", "entendido", "de acuerdo", "permitir", "accetta", "accetto", "ho capito",
    "consenti", "va bene", "alles accepteren", "accepteren", "akkoord", "ik ga akkoord", "begrepen",
    "alles toestaan", "aceitar", "aceito", "concordo", "entendi", "akceptuj", "zaakceptuj",
    "zgadzam", "rozumiem", "acceptera", "godkänn", "jag förstår", "accepter alle", "tillad",
    "godta", "aksepter", "hyväksy", "přijmout", "souhlasím", "rozumím", "elfogad", "tümünü kabul",
    "kabul et", "принять", "согласен", "すべて許可", "同意", "許可", "全部接受", "接受",
    "모두 허용", "동의",
)
_CLOSE = ("close", "dismiss", "schließen", "fermer", "cerrar", "chiudi", "sluiten", "fechar",
          "zamknij", "stäng", "luk", "lukk", "sulje", "zavřít", "\u00d7", "✕", "閉じる",
          "关闭", "닫기")
_OF_AGE = (
    "yes", "i am", "i'm", "over 18", "over 21", "18+", "21+", "18 or", "21 or", "enter",
    "ja", "ich bin", "über 18", "oui", "j'ai", "plus de 18", "sí", "soy mayor", "sì", "ho più",
    "maggiorenne", "sim", "tenho", "sou maior", "tak", "mam", "jag är", "jeg er", "kyllä", "ano",
    "はい", "是", "예",
)
_CONSENT_TOPIC = (
    "cookie", "consent", "gdpr", "your privacy", "datenschutz", "einwilligung", "privatsphäre",
    "confidentialité", "vie privée", "privacidad", "privacidade", "la tua privacy", "prywatnoś",
    "ciasteczk", "kakor", "personvern", "informasjonskapsler", "eväste", "soukromí", "süti",
    "confidențial", "çerez", "gizlilik", "куки", "クッキー", "プライバシー", "隐私",
    "쿠키", "개인정보",
)
_AGE_TOPIC = (
    "18 years", "21 years", "of age", "legal drinking", "over 18", "over 21", "18 or older",
    "18+", "21+", "your age", "18 jahre", "volljährig", "18 ans", "majeur", "18 años",
    "mayor de edad", "18 anni", "maggiorenne", "18 jaar", "18 anos", "maior de idade", "18 lat",
    "pełnoletni", "18 år", "18 vuotta", "18 let", "20歳", "18岁", "19세",
)
# fmt: on

_KINDS = (
    {"topic": _CONSENT_TOPIC, "answers": (_REFUSE, _ACCEPT, _CLOSE)},
    {"topic": _AGE_TOPIC, "answers": (_OF_AGE,)},
)


async def answer_dialog(world: IsolatedWorld, budget: Budget) -> str:
    """The words of the button that was clicked, empty where no dialog asks for anything.

    Raises like :meth:`IsolatedWorld.run`.
    """
    words: str = await world.run("dialogs", budget, _KINDS, False)
    words = words or await _answer_frames(world, budget)
    if words:
        logger.info("a dialog was answered: %s", words)
    return words


async def _answer_frames(page: IsolatedWorld, budget: Budget) -> str:
    """Of the frames that lie over the page: many sites' consent is asked for by another's."""
    if len(page.page.frames) < 2:
        return ""
    told, ids = await page.frames(budget, LEAST_SIDE, MAX_FRAMES)
    worlds = FrameWorlds(page)
    for place, frame_id in zip(told["places"], ids, strict=True):
        if place["over"] and place["visible"]:
            words = await _answer_frame(worlds, page, frame_id, budget)
            if words:
                return words
    return ""


async def _answer_frame(
    worlds: FrameWorlds, page: IsolatedWorld, frame_id: str, budget: Budget
) -> str:
    try:
        frame = await worlds.find(page, frame_id, budget)
        return await frame.run("dialogs", budget, _KINDS, True) if frame else ""
    except BrowserLost:
        raise
    except (RenderFailed, PlaywrightError) as error:
        # an answered dialog may take its frame away before it can say so
        logger.info("a frame over %s is gone: %s", page.page.url, error)
        return ""
