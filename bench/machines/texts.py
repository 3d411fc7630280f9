"""What no recording says, for espeak-ng: greetings of people, announcements and menus as they are heard in India."""

from __future__ import annotations

GREETINGS = (
    *(("hello", "en"), ("hello?", "en"), ("yes, hello", "en"), ("yes?", "en"), ("hello, who is this?", "en")),
    *(("good morning", "en"), ("yes, tell me", "en"), ("hi", "en")),
    *(("हेलो", "hi"), ("हाँ बोलिए", "hi"), ("हेलो कौन", "hi"), ("जी", "hi"), ("हाँ जी", "hi"), ("नमस्ते", "hi")),
    *(("हाँ भाई बोलो", "hi"), ("कौन बोल रहा है", "hi")),
    *(("हॅलो", "mr"), ("हो बोला", "mr"), ("कोण बोलतंय", "mr"), ("नमस्कार", "mr")),
)
"""Of people: every other one is held out."""

FIRMS = (
    *(("hello, Sharma Sweets", "en"), ("Annapurna restaurant, good evening", "en"), ("City Bakery, tell me", "en")),
    *(("नमस्ते, शर्मा स्वीट्स, बोलिए", "hi"), ("जी हाँ, गणेश भोजनालय", "hi"), ("हेलो, अन्नपूर्णा रसोई से", "hi")),
    *(("नमस्कार, समर्थ स्नॅक्स, बोला", "mr"), ("हॅलो, आई भोजनालय", "mr")),
)
"""Of shops."""

ANNOUNCEMENTS = (
    ("The person you want to speak to has switched off the phone. Please try once more after some time.", "en"),
    ("This subscriber is busy on another call at the moment. Kindly hold on, or call again later.", "en"),
    ("The number that you have dialled can not be reached from here. Please see that it is right.", "en"),
    ("All lines on this route are in use. Your call could not be put through. Please try later.", "en"),
    ("जिस व्यक्ति से आप बात करना चाहते हैं, उनका फ़ोन इस समय बंद है। कृपया कुछ देर के बाद फिर से प्रयास कीजिए।", "hi"),
    ("यह ग्राहक अभी किसी दूसरी कॉल पर व्यस्त हैं। कृपया लाइन पर बने रहें, या बाद में कॉल कीजिए।", "hi"),
    ("आपका डायल किया हुआ नंबर इस समय पहुँच के बाहर है। कृपया नंबर की जाँच कर लीजिए।", "hi"),
    ("इस मार्ग की सभी लाइनें व्यस्त हैं। आपकी कॉल नहीं लग सकी। कृपया थोड़ी देर बाद प्रयास करें।", "hi"),
    ("आपण ज्या व्यक्तीशी बोलू इच्छिता, त्यांचा फोन सध्या बंद आहे. कृपया थोड्या वेळाने पुन्हा प्रयत्न करा.", "mr"),
    ("हे ग्राहक सध्या दुसऱ्या कॉलवर व्यस्त आहेत. कृपया लाइनवर राहा, किंवा नंतर फोन करा.", "mr"),
    ("आपण डायल केलेला क्रमांक सध्या संपर्क क्षेत्राच्या बाहेर आहे. कृपया क्रमांक तपासून पाहा.", "mr"),
    ("या मार्गावरील सर्व लाइन व्यस्त आहेत. आपला कॉल लागू शकला नाही. कृपया नंतर प्रयत्न करा.", "mr"),
)
"""Of networks, and of a trunk's provider after its own answer."""
