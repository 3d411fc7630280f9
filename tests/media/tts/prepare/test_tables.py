"""What is written, and how it is read, language by language."""

from __future__ import annotations

import pytest

from media.tts.prepare import prepared
from media.tts.prepare.languages import language_of

ENGLISH = [
    ("125000", "one lakh twenty five thousand"),
    ("1,25,00,000", "one crore twenty five lakh"),
    ("1,000,000", "ten lakh"),
    ("1 lakh 25000 rupees", "one lakh twenty five thousand rupees"),
    ("-5, 0.50 and 99.5%", "minus five, zero point five zero and ninety nine point five percent"),
    ("1/2", "one by two"),
    ("10-15 min", "ten to fifteen minutes"),
    ("5–7 items", "five to seven items"),
    ("1st 2nd 3rd 12th 21st", "first second third twelfth twenty first"),
    ("₹1,250.50", "one thousand two hundred fifty rupees fifty paise"),
    ("1,250.50 rupees.", "one thousand two hundred fifty rupees fifty paise."),
    ("499.00 Rupees", "four hundred ninety nine rupees"),
    ("1.5 rupees", "one point five rupees"),
    ("Rs. 500/-", "five hundred rupees"),
    ("Rs 1", "one rupee"),
    ("INR 20", "twenty rupees"),
    ("₹2.5 lakh", "two point five lakh rupees"),
    ("₹100-200", "one hundred to two hundred rupees"),
    ("₹0.50", "fifty paise"),
    ("$5", "five dollars"),
    ("21/11/2026", "twenty first November twenty twenty six"),
    ("2026-11-21", "twenty first November twenty twenty six"),
    ("Nov 21, 2026", "twenty first November twenty twenty six"),
    ("3rd of March 2005", "third March two thousand five"),
    ("05/11", "fifth November"),
    ("31/02/2026", "thirty one, zero two, two thousand twenty six"),
    ("6:30 PM", "six thirty PM"),
    ("18:05", "six oh five PM"),
    ("6 p.m.", "six PM"),
    ("2-3 pm", "two to three PM"),
    ("10:00", "ten o'clock"),
    ("21 November 6 30 PM", "twenty first November six thirty PM"),
    ("+91 98765 43210", "plus nine one, nine eight seven six five, four three two one zero"),
    ("9876543210", "nine eight seven six five, four three two one zero"),
    ("1800-123-4567", "one eight zero zero, one two three, four five six seven"),
    ("order #4521", "order four five two one"),
    ("Order number: AB12-C9.", "Order number: A B one two, C nine."),
    ("OTP is 482913", "O T P is four eight two nine one three"),
    ("007", "zero zero seven"),
    ("4.5 km, 2 kg, 1 min.", "four point five kilometres, two kilograms, one minute."),
    ("Mr. Rao and Dr. Sen", "Mister Rao and Doctor Sen"),
    ("by SMS or UPI", "by S M S or U P I"),
    ("No. 12", "number twelve"),
    ("mail support@example.co.in", "mail support at example dot co dot in"),
    ("https://www.example.com/a?id=5.", "example dot com slash a question mark id equals five."),
]
HINDI = [
    ("1,25,000.50", "एक लाख पच्चीस हज़ार दशमलव पाँच शून्य"),
    ("₹1250.50", "एक हज़ार दो सौ पचास रुपये पचास पैसे"),
    ("1250.50 रुपये", "एक हज़ार दो सौ पचास रुपये पचास पैसे"),
    ("रु. 500", "पाँच सौ रुपये"),
    ("2.5 लाख रु.", "दो दशमलव पाँच लाख रुपये"),
    ("10-15 मिनट", "दस से पंद्रह मिनट"),
    ("50%", "पचास प्रतिशत"),
    ("5वीं मंज़िल, 1ला", "पाँचवीं मंज़िल, पहला"),
    ("21/11/2026 को", "इक्कीस नवंबर दो हज़ार छब्बीस को"),
    ("21 नवंबर", "इक्कीस नवंबर"),
    ("शाम 6:30 बजे", "शाम साढ़े छह बजे"),
    ("18:45", "शाम पौने सात बजे"),
    ("४५ किमी", "पैंतालीस किलोमीटर"),
    ("OTP 4521 है", "O T P चार पाँच दो एक है"),
    ("डॉ. राव", "डॉक्टर राव"),
    ("आपका order ready है", "आपका order ready है"),
    ("a@example.com", "a एट example डॉट com"),
]
MARATHI = [
    ("105 आणि 100", "एकशे पाच आणि शंभर"),
    ("रु. ५०० द्या", "पाचशे रुपये द्या"),
    ("₹1,25,000", "एक लाख पंचवीस हजार रुपये"),
    ("12.00 रुपये", "बारा रुपये"),
    ("१०-१५ मिनिटे", "दहा ते पंधरा मिनिटे"),
    ("५वा मजला", "पाचवा मजला"),
    ("२१/११/२०२६", "एकवीस नोव्हेंबर दोन हजार सव्वीस"),
    ("६:४५ वाजता", "पावणे सात वाजता"),
    ("3.5 किमी", "तीन दशांश पाच किलोमीटर"),
    ("क्र. 4521", "क्रमांक चार पाच दोन एक"),
    ("5%", "पाच टक्के"),
]
TABLE = [("en", *row) for row in ENGLISH] + [("hi", *row) for row in HINDI] + [("mr", *row) for row in MARATHI]


@pytest.mark.parametrize(("language", "written", "said"), TABLE)
def test_what_is_written_is_read_as_people_say_it(language: str, written: str, said: str) -> None:
    assert prepared(written, language) == said


def test_an_engine_without_latin_letters_gets_the_words_as_they_sound() -> None:
    said = prepared("आपका order ready है, OTP 45, kitchen से", "hi", latin=False)
    assert said == "आपका ऑर्डर रेडी है, ओ टी पी पैंतालीस, किचेन से"


@pytest.mark.parametrize("language", ["en", "hi", "mr"])
def test_each_language_has_a_word_for_every_number_below_a_hundred_and_every_month(language: str) -> None:
    words = language_of(language)
    assert len(set(words.below_hundred)) == 100
    assert len(set(words.months)) == 12
    assert set(words.month_names.values()) == set(range(1, 13))
