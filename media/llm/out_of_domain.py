"""What callers say that no option means: the classifier learns from it what to leave alone."""

from __future__ import annotations

OUT_OF_DOMAIN: tuple[str, ...] = (
    "what is the weather today", "how are you", "who is this speaking", "i am driving right now",
    "the cricket match is on", "my name is sunil", "where do you live", "it is raining heavily here",
    "can you hear the traffic", "tell me a joke", "i like mangoes", "what time is it",
    "the shop is near the temple", "turn off the television", "is there any discount",
    "my brother is not at home", "i am eating lunch", "the road is blocked", "we make very good biryani",
    "hmm let me think", "one second i am looking for my glasses", "the baby is crying", "is this a recording",
    "good morning", "play some music", "आज मौसम कैसा है", "आप कौन बोल रहे हैं", "मैं गाड़ी चला रहा हूँ",
    "मेरा नाम सुनील है", "बारिश बहुत हो रही है", "क्रिकेट मैच चल रहा है", "मुझे आम पसंद है",
    "दुकान मंदिर के पास है", "मेरा भाई घर पर नहीं है", "मैं खाना खा रहा हूँ", "सड़क बंद है", "कितने बजे हैं",
    "टीवी बंद करो", "कोई छूट मिलेगी क्या", "एक मिनट सोचने दो", "बच्चा रो रहा है", "सुप्रभात", "आप कैसे हैं",
    "aaj mausam kaisa hai", "aap kaun bol rahe ho", "main gaadi chala raha hoon", "mera naam sunil hai",
    "barish ho rahi hai", "match chal raha hai", "mujhe aam pasand hai", "dukaan mandir ke paas hai",
    "main khana kha raha hoon", "kitne baje hain", "mera bhai ghar par nahi hai", "koi discount milega kya",
    "bachcha ro raha hai", "tv band karo", "aap kaise ho", "आज हवामान कसे आहे", "कोण बोलत आहे",
    "मी गाडी चालवत आहे", "माझे नाव सुनील आहे", "खूप पाऊस पडत आहे", "मला आंबा आवडतो", "दुकान मंदिराजवळ आहे",
    "माझा भाऊ घरी नाही", "मी जेवत आहे", "रस्ता बंद आहे", "किती वाजले", "बाळ रडत आहे", "तुम्ही कसे आहात",
)  # fmt: skip
