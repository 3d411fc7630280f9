"""What the shop's callers say: examples to learn from, others held out, and what means none of the intents."""

from __future__ import annotations

EXAMPLES: dict[str, list[str]] = {
    "accept": [
        "yes", "okay", "accept the order", "i will take it", "हाँ", "ठीक है", "ले लेंगे",
        "ऑर्डर ले लो", "haan", "theek hai", "le lenge", "haan ji bhej do", "हो", "चालेल",
        "ऑर्डर घेतो", "नक्की",
    ],
    "decline": [
        "no", "decline", "i can't take it", "reject the order", "नहीं", "मना कर दो",
        "नहीं ले सकते", "ऑर्डर नहीं चाहिए", "nahi", "mana kar do", "nahi le sakte",
        "order nahi chahiye", "नाही", "नको", "ऑर्डर नाही घेऊ शकत", "जमणार नाही",
    ],
    "repeat": [
        "say that again", "repeat please", "pardon", "i did not hear", "फिर से बोलिए",
        "दोबारा बताइए", "सुनाई नहीं दिया", "phir se boliye", "dobara batao",
        "sunai nahi diya", "पुन्हा सांगा", "परत बोला", "ऐकू आलं नाही",
    ],
    "agent": [
        "talk to a person", "agent please", "customer care", "connect me to someone",
        "किसी से बात करनी है", "एजेंट से बात कराइए", "ग्राहक सेवा", "kisi se baat karni hai",
        "agent se baat karao", "customer care se connect karo", "माणसाशी बोलायचं आहे",
        "एजंटशी बोलू द्या",
    ],
    "order_status": [
        "where is my order", "order status", "when will it arrive", "track my order",
        "मेरा ऑर्डर कहाँ है", "ऑर्डर कब आएगा", "खाना कब पहुँचेगा", "mera order kahan hai",
        "order kab aayega", "khana kab pahunchega", "माझी ऑर्डर कुठे आहे", "ऑर्डर कधी येईल",
    ],
    "cancel": [
        "cancel my order", "i want to cancel", "please cancel it", "ऑर्डर कैंसल कर दो",
        "ऑर्डर रद्द करना है", "कैंसिल करो", "order cancel kar do", "cancel karna hai",
        "ऑर्डर रद्द करा", "कॅन्सल करायचं आहे",
    ],
    "language": [
        "change the language", "speak in hindi", "english please", "भाषा बदलिए",
        "हिंदी में बोलो", "मराठी में बात करो", "bhasha badlo", "hindi mein bolo",
        "english mein baat karo", "भाषा बदला", "मराठीत बोला",
    ],
}  # fmt: skip

HELD_OUT: dict[str, list[str]] = {
    "accept": [
        "yes please", "yeah okay", "we will take the order", "i accept", "हां जी",
        "हाँ ले लेंगे", "ठीक है भेज दो", "हाँ ऑर्डर ले लो", "han ji", "haan theek hai",
        "thik hai", "le lunga haan", "haa bhej do", "हो चालेल", "हो घेतो ऑर्डर", "हो नक्की",
    ],
    "decline": [
        "no no", "no thanks", "i decline", "we can't take this order", "नहीं चाहिए",
        "नही ले सकते हैं", "मना करो", "ऑर्डर नहीं ले सकते", "nahin chahiye", "nai le sakta",
        "mana kardo", "nahi nahi", "नको आहे", "नाही जमणार", "नाही घेऊ शकत",
    ],
    "repeat": [
        "please repeat that", "can you say it again", "sorry i didn't hear you",
        "फिर से बताइए", "दुबारा बोलो", "मुझे सुनाई नहीं दिया", "fir se bolo", "dubara boliye",
        "mujhe sunai nahin diya", "पुन्हा एकदा सांगा", "परत सांगा", "ऐकू नाही आलं",
    ],
    "agent": [
        "i want to talk to an agent", "can i talk to a person", "connect me to customer care",
        "मुझे किसी से बात करनी है", "कस्टमर केयर से बात कराओ", "एजेंट से जोड़िए",
        "mujhe agent se baat karni hai", "kisi insaan se baat karao", "customer care",
        "मला एजंटशी बोलायचं आहे", "कोणाशी तरी बोलायचं आहे",
    ],
    "order_status": [
        "where's my order", "what is the status of my order", "when will my order arrive",
        "मेरा आर्डर कहां है", "मेरा ऑर्डर कब तक आएगा", "खाना कब आएगा", "mera order kaha he",
        "order kab tak aayega", "mera khana kab aayega", "माझी ऑर्डर कधी येणार",
        "ऑर्डर कुठे आहे माझी",
    ],
    "cancel": [
        "i want to cancel my order", "cancel it please", "cancel the order",
        "मेरा ऑर्डर कैंसल करो", "ऑर्डर रद्द कर दीजिए", "mera order cancel karo",
        "order cancel karna hai", "माझी ऑर्डर रद्द करा", "ऑर्डर कॅन्सल करा",
    ],
    "language": [
        "can you speak hindi", "speak english please", "i want to change language",
        "हिंदी में बात करो", "भाषा बदलो", "hindi me bolo", "english me bolo na",
        "मराठीत बोला ना", "भाषा बदलायची आहे",
    ],
}  # fmt: skip

NONE_OF_THEM: list[str] = [
    "the weather is nice", "i have a headache", "which cinema is this",
    "my phone is low on battery", "there is a dog outside", "we close at nine",
    "what did you eat for dinner", "happy diwali", "मेरी गाड़ी खराब है", "आज बहुत गर्मी है",
    "दिवाली मुबारक", "मेरी बेटी स्कूल गई है", "बिजली चली गई", "meri gaadi kharab hai",
    "aaj bahut garmi hai", "bijli chali gayi", "traffic bahut hai", "माझी गाडी बंद पडली",
    "आज खूप गरम आहे", "लाईट गेली आहे", "मुलगी शाळेत गेली",
]  # fmt: skip
