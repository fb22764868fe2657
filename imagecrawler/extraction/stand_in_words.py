"""How sites word what they show in a page's place, in lower case.

Languages, as far as there are words: en, de, fr, es, it, nl, pt, pl, sv, da, nb, fi, cs, hu, ro,
tr, ru, ja, zh, ko.
"""

from __future__ import annotations

import re

# Turkish has a letter that looks like another one.
# ruff: noqa: RUF001
# fmt: off
NOT_FOUND = (
    "page not found", "page cannot be found", "page can't be found", "page could not be found",
    "page couldn't be found", "page was not found", "page does not exist", "page doesn't exist",
    "page no longer exists", "page you requested", "page you were looking for",
    "page you are looking for", "page you're looking for", "can't find that page",
    "can't find the page", "couldn't find that page", "couldn't find the page", "404 not found",
    "404 error", "error 404", "404 page", "404: not found", "product not found",
    "product does not exist", "item not found", "nothing was found at this location",
    "seite nicht gefunden", "seite wurde nicht gefunden", "seite konnte nicht gefunden",
    "seite existiert nicht", "fehler 404", "artikel nicht gefunden", "produkt nicht gefunden",
    "page introuvable", "page non trouvée", "page n'existe pas", "page n'existe plus", "erreur 404",
    "página no encontrada", "no se encontró la página", "página no existe",
    "no encontramos la página",
    "pagina non trovata", "pagina non esiste", "errore 404", "pagina niet gevonden",
    "pagina bestaat niet", "página não encontrada", "página não existe", "erro 404",
    "nie znaleziono strony", "strona nie istnieje", "strona nie została znaleziona",
    "sidan hittades inte", "sidan kunde inte hittas", "sidan finns inte", "siden blev ikke fundet",
    "siden findes ikke", "siden ble ikke funnet", "fant ikke siden", "siden finnes ikke",
    "sivua ei löydy", "sivua ei löytynyt", "stránka nenalezena", "stránka nebyla nalezena",
    "oldal nem található", "pagina nu a fost găsită", "pagina nu există", "sayfa bulunamadı",
    "страница не найдена", "ページが見つかりません", "お探しのページ", "页面不存在", "找不到页面",
    "未找到页面", "頁面不存在", "找不到頁面", "페이지를 찾을 수 없습니다",
)
DENIED = (
    "access denied", "access to this page has been denied", "access has been blocked",
    "access forbidden", "403 forbidden", "pardon our interruption", "attention required",
    "request blocked", "request rejected", "you have been blocked", "you've been blocked",
    "request unsuccessful", "zugriff verweigert", "zugriff gesperrt", "accès refusé",
    "accès interdit", "acceso denegado", "accesso negato", "toegang geweigerd", "acesso negado",
    "odmowa dostępu", "åtkomst nekad", "adgang nægtet", "ingen tilgang", "pääsy estetty",
    "přístup odepřen", "hozzáférés megtagadva", "acces interzis", "erişim engellendi",
    "доступ запрещен", "доступ запрещён", "アクセスが拒否", "访问被拒绝", "拒绝访问", "접근이 거부",
)
HUMAN = (
    "you are human", "you're human", "are you human", "are you a human", "not a robot",
    "not a bot", "are a human", "robot or human", "unusual traffic", "unusual activity",
    "security check", "security verification", "press & hold", "press and hold", "one more step",
    "complete the captcha", "solve the captcha", "enter the characters you see",
    "checking your browser", "kein roboter", "ein mensch", "ungewöhnliche aktivität",
    "sicherheitsüberprüfung", "sicherheitsprüfung", "pas un robot", "êtes humain",
    "êtes un humain", "vérification de sécurité", "no eres un robot", "no soy un robot",
    "eres humano", "verificación de seguridad", "non sei un robot", "non sono un robot",
    "sei umano", "geen robot", "een mens", "não é um robô", "não sou um robô", "é humano",
    "nie jesteś robotem", "nie jestem robotem", "inte är en robot", "ikke er en robot",
    "et ole robotti", "nejste robot", "nem robot", "nu sunteți robot", "robot olmadığınızı",
    "не робот", "ロボットではない", "不是机器人", "安全验证", "로봇이 아닙니다",
)
REGION = (
    "in ihrem land nicht verfügbar", "in deinem land nicht verfügbar", "in ihrer region nicht",
    "pas disponible dans votre pays", "pas accessible depuis votre pays",
    "pas disponible dans votre région", "no está disponible en su país",
    "no está disponible en tu país", "no está disponible en su región",
    "non è disponibile nel tuo paese", "non disponibile nel tuo paese",
    "niet beschikbaar in uw land", "niet beschikbaar in jouw land",
    "não está disponível no seu país", "não está disponível na sua região",
    "niedostępna w twoim kraju", "inte tillgänglig i ditt land", "ikke tilgængelig i dit land",
    "ikke tilgjengelig i ditt land", "ei ole saatavilla maassasi", "není ve vaší zemi dostup",
    "ülkenizde kullanılamıyor", "недоступен в вашей стране", "недоступна в вашей стране",
    "お住まいの国ではご利用", "您所在的国家不", "您所在的地区不",
)
NOT_IN_REGION = re.compile(
    r"(?:\bnot\b|n't\b|unavailable|\bcannot\b|\brestricted\b|\bblocked\b)[^.!?]{0,60}"
    r"\b(?:in|to|from) your (?:country|region|location|area)\b"
)
AGE = (
    "are you over 18", "are you over 21", "18 or older", "21 or older", "at least 18",
    "at least 21", "verify your age", "confirm your age", "age verification", "of legal age",
    "legal drinking age", "your date of birth", "über 18", "mindestens 18", "volljährig",
    "altersprüfung", "altersverifikation", "plus de 18 ans", "êtes majeur", "mayor de edad",
    "maggiorenne", "ouder dan 18", "maior de idade", "mais de 18", "pełnoletni", "ukończone 18",
    "fyllt 18", "fylt 18", "fyldt 18", "täyttänyt 18", "starší 18", "elmúltál 18", "peste 18 ani",
    "18 yaşından büyük", "исполнилось 18", "20歳以上", "年满18", "만 19세",
)
LOGIN = (
    "log in", "login", "sign in", "signin", "log on", "members only", "member login", "anmelden",
    "anmeldung", "einloggen", "connexion", "se connecter", "connectez-vous", "identifiez-vous",
    "iniciar sesión", "inicia sesión", "accedi", "accesso", "inloggen", "aanmelden",
    "iniciar sessão", "entrar", "zaloguj", "logowanie", "logga in", "log ind", "logg inn",
    "kirjaudu", "přihlášení", "přihlásit", "bejelentkezés", "autentificare", "giriş yap", "вход",
    "войти", "ログイン", "登录", "登入", "로그인",
)
CART = (
    "add to cart", "add to bag", "add to basket", "add to trolley", "add to order", "buy now",
    "buy it now", "order now", "pre-order", "preorder", "in den warenkorb", "in den einkaufswagen",
    "jetzt kaufen", "jetzt bestellen", "ajouter au panier", "acheter", "commander",
    "añadir al carrito", "añadir a la cesta", "agregar al carrito", "comprar",
    "aggiungi al carrello", "acquista", "in winkelwagen", "in winkelmand", "bestel nu",
    "adicionar ao carrinho", "dodaj do koszyka", "do koszyka", "kup teraz", "lägg i varukorg",
    "lägg i kundvagn", "læg i kurv", "legg i handlekurv", "lisää ostoskoriin", "do košíku",
    "kosárba", "adaugă în coș", "sepete ekle", "satın al", "в корзину", "купить",
    "カートに入れる", "購入", "加入购物车", "加入購物車", "立即购买", "장바구니", "구매하기",
)
# fmt: on
