"""The words that people write above columns."""

from __future__ import annotations

# By what the column holds.
ROLES = {
    "question": "istilah kata kosakata lema judul depan pertanyaan soal tanya term word vocab "
    "vocabulary expression phrase headword front question prompt q wort begriff frage "
    "vorderseite front-side sisi-depan palabra término pregunta anverso mot terme recto palavra "
    "pergunta frente parola domanda fronte 词 詞彙 生词 單語 単語 단어 слово вопрос câu-hỏi "
    "hanzi kanji 汉字 漢字 語句 言葉 题目 问题 問題 質問 ord fråga spørsmål woord vraag słowo "
    "słówko pytanie slovo otázka kelime soru từ từ-vựng คำศัพท์ คำถาม كلمة الكلمة سؤال السؤال शब्द "
    "question-text",
    "answer": "arti makna definisi terjemahan pengertian jawab jawaban kunci "
    "kunci-jawaban belakang "
    "meaning definition translation gloss answer back response correct-answer answer-key "
    "bedeutung übersetzung antwort rückseite back-side sisi-belakang significado traducción "
    "respuesta reverso sens traduction réponse verso tradução resposta traduzione risposta retro "
    "意思 释义 意味 뜻 перевод ответ đáp-án đáp-án-đúng "
    "答案 答え 解答 訳 翻译 betydelse översättning svar betydning oversettelse betekenis vertaling "
    "antwoord znaczenie tłumaczenie odpowiedź překlad význam odpověď anlam çeviri cevap nghĩa "
    "ความหมาย คำแปล คำตอบ معنى المعنى ترجمة الترجمة جواب الجواب الإجابة अर्थ",
    "text": "text teks",
    "example": "contoh contoh-kalimat kalimat example examples example-sentence sentence "
    "sentences beispiel beispiele ejemplo exemple",
    "remark": "catatan notes note comment hint info pembahasan penjelasan explanation",
    "sound": "pelafalan ucap pronunciation ipa reading pinyin romaji kana aussprache fonética",
    "tags": "tag tags label labels kategori topik category topic deck subdeck chapter lesson "
    "bab unit level kategorie stapel categoría jenis part-of-speech notetype note-type guid",
}

# Names of languages, which many people write above the columns of a list of words: a line a
# language, its names in English, Indonesian and itself. No two languages have one name.
_BY_LANGUAGE = """
afrikaans
albanian albania shqip
amharic amhara
arabic arab العربية عربي عربى
armenian armenia
azerbaijani azerbaijan
balinese bali
basque baskisch euskara
belarusian belarusia
bengali bangla বাংলা
bulgarian bulgaria български
burmese myanmar
cantonese kanton 粤语 粵語
catalan katalan català
chinese mandarin tionghoa tiongkok 中文 汉语 漢語 chinesisch chinois chino
croatian kroasia hrvatski
czech ceko čeština tschechisch
danish denmark dansk dänisch
dutch belanda nederlands niederländisch néerlandais
english inggris englisch anglais inglés inglês inglese engels angielski английский 英语 英語 영어
esperanto
estonian estonia eesti
finnish finlandia suomi finnisch
french perancis prancis français französisch francés francese frans francuski французский 法语
galician galego
georgian georgia ქართული
german jerman deutsch allemand alemán alemão tedesco duits niemiecki немецкий 德语 德語 ドイツ語
greek yunani ελληνικά griechisch
gujarati
hausa
hawaiian hawaii
hebrew ibrani עברית
hindi हिन्दी हिंदी
hungarian hungaria magyar ungarisch
icelandic islandia íslenska
indonesian indonesia indonesisch
irish irlandia gaeilge
italian italia italiano italienisch italien italiaans włoski итальянский
japanese jepang 日本語 日语 日語 japanisch japonais japonés
javanese jawa
kabyle kabyl taqbaylit
kannada
kazakh kazakhstan
khmer kamboja
korean korea 한국어 韩语 koreanisch coréen coreano
kurdish kurdi kurdî
lao laos
latin latein latinum
latvian latvia
lithuanian lituania lietuvių
macedonian makedonia
madurese madura
malay melayu
malayalam
manx gaelg
maori māori
marathi
minangkabau minang
mongolian mongolia монгол
nepali
norwegian norwegia norsk norwegisch
pashto
persian farsi persia فارسی
polish polandia polski polnisch polonais
portuguese portugis português portugiesisch portugais
punjabi
quechua
romanian rumania română rumänisch
russian rusia русский russisch russe ruso russo
sanskrit sansekerta
serbian serbia српски
slovak slovakia slovenčina
slovenian slovenščina
somali
spanish spanyol español spanisch espagnol espanhol spagnolo spaans hiszpański испанский 西班牙语
sundanese sunda
swahili kiswahili
swedish swedia svenska schwedisch suédois
tagalog filipino
tamil
tarifit
telugu
thai ไทย ภาษาไทย
tibetan tibet
tigrinya
turkish turki türkçe türkisch turc
ukrainian ukraina українська
urdu اردو
uzbek uzbekistan
vietnamese vietnam tiếng-việt
welsh cymraeg
xhosa
yiddish
yoruba
zulu
"""
LANGUAGES = {
    word.replace("-", " "): line.split()[0]
    for line in _BY_LANGUAGE.strip().splitlines()
    for word in line.split()
}

# Codes of languages; in small letters they are words of many languages.
_CODES = """
AR BG CA CN CS CZ DA DE EL EN EO ES ET FA FI FR GR HE HI HR HU ID IT JA JP KO KR LA LT LV MS NL NO
PL PT RO RU SK SL SR SV TH TR UA UK VI VN ZH
"""
CODES = frozenset(_CODES.split())
