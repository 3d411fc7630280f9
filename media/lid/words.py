"""Words by which Hindi, Marathi and English are known, as recognisers write them: in their own script and in Latin.

They are the small words of each grammar, and what people say on the telephone; no names, no words of goods. A word that
two languages share (नमस्ते, nahi) says nothing between those two.
"""

from __future__ import annotations

from collections.abc import Mapping

_HINDI = """
है हैं हूँ हूं हो था थी थे हुआ हुई गया गई रहा रही रहे नहीं हाँ हां जी मत मैं मैंने मुझे मुझको मेरा मेरी मेरे हम
हमें हमारा हमारी आप आपको आपका आपकी आपने तुम यह ये वह वो इस उस इसे उसे क्या कैसे कैसा कौन कब कहाँ कहां कितना
कितने कितनी क्यों चाहिए चाहता चाहती चाहते करो करना करता करती करें कर कीजिए कीजिये करूँगा दो दीजिए दीजिये दें
देना बताइए बताओ बोलिए बोलो बोल बात और या लेकिन मगर तो भी के का की को में से पर तक लिए लिये साथ अभी बाद पहले आज
कल फिर यहाँ वहाँ यहां मतलब अच्छा ठीक सही गलत हिंदी हिन्दी सकता सकती सकते वाला वाली बस कुछ नमस्ते धन्यवाद
शुक्रिया मिला मिली मिलेगा पैसे एक
"""
_MARATHI = """
आहे आहेत आहोत आहेस नाही नाहीत नाहीये होय हो हवं हवा हवी हवे नको नकोय मी मला माझा माझी माझे माझं माझ्या आम्ही
आम्हाला आमचा आमचे तुम्ही तुम्हाला तुमचा तुमची तुमचे तुमचं तू तुला हा ही हे तो ती ते त्या त्याला तिला काय कसे कसं
कसा कशी कोण कधी कुठे किती का पाहिजे पाहिजेत करा करू करतो करते करायचं करायचे करायची द्या देतो सांगा सांगतो बोला
बोलतोय बोलते बोलायचं आणि किंवा पण सुद्धा देखील साठी मध्ये वर खाली पासून पर्यंत सोबत आता नंतर आधी उद्या परत इथे
तिथे म्हणजे छान बरं बरोबर चूक मराठी मराठीत शकतो शकते होता होती होते झाले झालं झाला झाली गेला गेली येतो येते येईल
मिळाले मिळालं मिळेल पैसे एक नमस्कार नमस्ते धन्यवाद चालेल ठीक दोन तर असेल मग या दाबा राहील करून देते
"""
_ENGLISH = """
a an the is are am was were be been do does did have has had will would can could should i me my we us our you
your he she it its they them this that these those what when where who why how which yes yeah yep no nope not
don't want need please and or but if so to of in on at for with from by about after before now today tomorrow
later again here there right wrong good thank english speak back
"""
_LOANS = """
hello ok okay please thanks sorry order orders cancel accept call phone shop number
time delivery otp sir madam
"""
_HINDI_IN_LATIN = """
do hai hain hoon hun tha thi hua hui gaya gayi raha rahi rahe nahi nahin nai haan han haa ji mat main maine
mujhe mujhko mera meri mere hum humein hamara aap aapko aapka aapki aapne tum yeh ye woh wo kya kaise kaisa kaun
kab kahan kitna kitne kitni kyun kyon chahiye chahta chahti karo karna karta karti karein kijiye kijiyega dijiye
dena bataiye batao boliye bolo baat aur lekin magar bhi ka ki ke ko mein se par tak liye saath abhi baad pehle
aaj kal phir yahan wahan matlab achha accha acha theek thik sahi galat hindi sakta sakti sakte wala wali bas
kuch namaste dhanyavaad shukriya mila mili milega
"""
_MARATHI_IN_LATIN = """
aahe ahe aahet ahet nahi naahi hoy hoye hava havi nako nakoy mala maza majha mazi majhi maze majhe mazya amhi
aamhi amcha tumhi tumhala tumcha tumchi tumche tyala tila kay kaay kasa kase kashi kon kadhi kuthe kiti pahije
pahijet kara karu karto karte karaycha karayche dya sanga sangto bola boltoy bolayche ani aani kinva suddha
sathi madhe madhye aata nantar udya parat ithe tithe mhanje chhan bara barobar chuk marathi marathit shakto
shakte hota hoti hote jhale zale zala jhala yeto yete yeil milale milel namaskar chalel
"""
_BY_LANGUAGE = {
    "hi": f"{_HINDI} {_HINDI_IN_LATIN}",
    "mr": f"{_MARATHI} {_MARATHI_IN_LATIN}",
    "en": _ENGLISH,
}


def _languages_by_word() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for language, words in _BY_LANGUAGE.items():
        for word in words.split():
            found.setdefault(word, set()).add(language)
    return {word: frozenset(languages) for word, languages in found.items()}


LANGUAGES_BY_WORD: Mapping[str, frozenset[str]] = _languages_by_word()
KNOWN = frozenset(_BY_LANGUAGE)
LOANS = frozenset(_LOANS.split())
"""English words that are said in all of them."""
