"""What orders to a machine look like, in twenty languages: data for `instructions`.

How to read a phrase: words that follow each other, each a choice between `one|another`. `word*`
begins so, `some_words` stand together, `...3` lets up to three other words in between, and `!word`
must not come next. Case and accents do not matter, and neither does what stands between the words,
as long as no sentence ends there.

A phrase must begin with a word that the order begins with, since it is tried only there. Each was
weighed against what policies tell people: "ignore all instructions" is what fraud training says of
calls, hence the `!in|from|...` behind it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class InstructionKind(StrEnum):
    """What an order tries to bring about."""

    OVERRIDE = "override"
    """To forget what the machine was told."""
    ROLE = "role"
    """To be somebody else."""
    ADDRESS = "address"
    """It speaks to a language model, and not to a person."""
    ANSWER = "answer"
    """To answer in a certain way, whatever the sources say."""
    SILENCE = "silence"
    """To keep quiet about the order, or about sources."""
    PROMPT = "prompt"
    """To show what the machine was told."""
    ACTION = "action"
    """To call something, or to send something away."""
    TURN = "turn"
    """A forged turn of a conversation, or a forged end of a source."""
    REPLY = "reply"
    """A forged reply of a model, or a forged call of a tool."""
    HIDDEN = "hidden"
    """Characters that a reader cannot see and a machine can."""


_INSTRUCTIONS = (
    "instruction|instructions|prompt|prompts|rules|directions|directives|guidelines|commands|"
    "constraints|guardrails|programming"
)
_MACHINE = (
    "ai|ais|llm|llms|chatbot|chatbots|copilot|gpt|chatgpt|claude|gemini|language_model|"
    "language_models|large_language_model|large_language_models|ai_assistant|ai_model|ai_models|"
    "virtual_assistant|compliance_assistant|model_reading"
)
_OF_PEOPLE = (
    "tool|tools|use|users|user|review|group|team|vendor|vendors|feature|features|licence|license|"
    "policy|committee|products|services|systems|project|projects|governance|act"
)
_VERDICT = (
    "compliant|compliance|certified|met|satisfied|passed|effective|exceptions|fulfilled|"
    "implemented|green|flawless"
)

STRONG: Final[Mapping[InstructionKind, tuple[str, ...]]] = {
    InstructionKind.OVERRIDE: (
        # English
        "ignore|disregard|forget|neglect|discard ...4 previous|prior|above|preceding|earlier|"
        f"foregoing|former|original|initial|your|system|developer ...2 {_INSTRUCTIONS}|context|text",
        f"override|overrule|bypass|overlook|drop|cancel|skip ...2 your|system|developer ...2 {_INSTRUCTIONS}",
        f"ignore|disregard|forget|cancel all|any|every ...1 {_INSTRUCTIONS} "
        "!in|from|received|that|sent|contained|which|by|you_receive|you_get|to|on|of|about",
        "ignore|disregard|forget everything|anything|all|whatever ...4 above|before|previously|far",
        "ignore|disregard|forget everything|all ...1 you|we were|have|had ...1 told|taught|learned|given",
        "ignore|disregard|forget the|all_the|what_is|text|passage|source|rest above|foregoing|preceding "
        "!alert|alerts|e|message|messages|mail|mails|notice|row|rows|section|warning",
        "ignore|disregard ...2 other sources|passages|excerpts",
        f"do_not|don_t|stop|never|no_longer follow|following|obey|obeying|heed ...2 previous|prior|"
        f"above|earlier|system|original|your ...1 {_INSTRUCTIONS}",
        "override|overrule|bypass|ignore|forget|disregard your ...2 restrictions|guardrails|identity|persona|"
        "role|filters|safety_protocols|content_policy|limitations",
        "ignore|disregard|forget what|whatever ...1 you ...2 told|taught|learned",
        "the|my|your real|true|actual instructions are|begin|start|follow",
        f"above {_INSTRUCTIONS} are ...1 superseded|void|fake|obsolete|revoked|cancelled|invalid|false",
        f"{_INSTRUCTIONS} above|before|so_far are ...1 superseded|void|fake|obsolete|revoked|cancelled|invalid",
        "your_new|your_real|your_true|your_only instructions|task|purpose|objective|directive is|are",
        f"this|these|it supersedes|supersede|overrides|override|replaces|replace ...2 your|system|"
        f"developer ...2 {_INSTRUCTIONS}",
        # German
        "ignoriere|ignorieren|ignoriert|missachte|missachten|vergiss|vergesst|vergessen|verwirf|"
        "übergehe ...4 vorherige|vorherigen|bisherige|bisherigen|obige|obigen|vorangegangene|"
        "vorangegangenen|vorangehenden|vorstehenden|frühere|früheren|ursprünglichen ...2 anweisung*|"
        "instruktion*|regeln|vorgaben|befehl*|prompt|prompts|richtlinien|hinweise",
        "ignoriere|ignorier|vergiss|vergesst ...3 obige|oben|vorstehende|davor|bisher|bisherige",
        # French
        "ignore|ignorez|ignorer|oublie|oubliez|oublier ...4 instruction*|consigne*|directive*|règles|"
        "ordres|prompt ...3 précéd*|antérieur*|ci_dessus|initiales|système|reçues",
        "ignore|ignorez|oublie|oubliez tout|tous|toutes|ce ...3 précède|précédent|ci_dessus|avant|dit",
        "ne tiens|tenez pas|plus|aucun compte ...3 instruction*|consigne*|précède|ci_dessus",
        # Spanish
        "ignora|ignore|ignorad|olvida|olvide|olvidad|omite|desatiende|descarta|haz_caso_omiso|"
        "haga_caso_omiso ...4 instrucci*|indicaci*|órdenes|reglas|directrices|prompt ...2 anterior*|"
        "previas|previos|precedentes|arriba|iniciales|sistema|recibidas",
        "ignora|ignore|olvida|olvide ...3 anteriores|previas ...1 instrucci*|indicaci*|órdenes|reglas",
        "ignora|ignore|olvida|olvide todo|cuanto ...3 anterior|arriba|antes|dicho",
        # Portuguese
        "ignore|ignora|ignorem|esqueça|esquece|esqueçam|desconsidere|desconsidera|descarte ...4 "
        "instruç*|instruco*|orientaç*|diretrizes|regras|ordens|prompt|comandos ...2 anterior*|"
        "prévias|acima|iniciais|sistema|recebidas",
        "ignore|ignora|esqueça|desconsidere tudo|todo ...4 acima|anterior|antes|anteriormente",
        # Italian
        "ignora|ignorate|ignorare|ignori|dimentica|dimenticate|dimentichi|trascura ...4 istruzion*|"
        "indicazion*|regole|direttive|ordini|comandi|prompt ...2 precedent*|sopra|iniziali|sistema|"
        "ricevute|anterior*",
        "ignora|ignori|ignorate|dimentica|dimentichi ...3 precedenti ...1 istruzion*|indicazion*|regole",
        "ignora|ignori|ignorate|dimentica|dimentichi tutto|quanto ...3 sopra|precede|prima|precedente",
        # Dutch
        "negeer|negeert|negeren|vergeet|vergeten ...4 vorige|voorgaande|eerdere|bovenstaande|"
        "voorafgaande ...2 instructie*|aanwijzing*|opdracht*|regels|prompt|prompts|richtlijnen|bevelen",
        "negeer|vergeet alles|al_het|het ...3 bovenstaande|hierboven|voorgaande|eerder|ervoor",
        # Swedish, Danish, Norwegian
        "ignorera|ignorer|glöm|glem|bortse|strunta ...4 tidigare|föregående|ovanstående|tidligere|"
        "foregående|forrige|ovenstående ...2 instruktion*|instruks*|anvisning*|regler|prompt*|order|"
        "ordrer|direktiv*",
        # Polish
        "zignoruj|zignorujcie|ignoruj|ignorujcie|pomiń|zapomnij|zapomnijcie|zlekceważ ...4 poprzedn*|"
        "wcześniejsz*|powyższ*|dotychczasow* ...2 instrukcj*|polece*|wytyczn*|zasad*|reguł*|nakaz*|"
        "prompt*|komend*",
        "zignoruj|ignoruj|zapomnij wszystko|to|o ...3 powyżej|powyższe|wcześniej|poprzednie",
        # Czech, Slovak
        "ignoruj|ignorujte|zapomeň|zapomeňte|zabudni|nedbej ...4 předcho*|předešl*|dřívějš*|výše|"
        "predchádz* ...2 instrukc*|inštrukc*|pokyn*|příkaz*|pravid*|prompt*",
        # Russian, Ukrainian
        "игнорируй|игнорируйте|проигнорируй|проигнорируйте|забудь|забудьте|отбрось|отмени|пропусти "
        "...4 предыдущ*|предшеств*|прежн*|вышеуказанн*|вышеизложенн*|вышеприведенн*|ранее ...2 "
        "инструкц*|указани*|правил*|команд*|промпт*|распоряж*",
        "игнорируй|игнорируйте|забудь|забудьте все|всё ...3 выше|вышесказанное|ранее|предыдущее|до",
        "ігноруй|ігноруйте|проігноруй|забудь|забудьте ...4 попередн*|вищевказ*|вищенавед* ...2 "
        "інструкц*|вказівк*|правил*|команд*",
        # Turkish: the verb comes last
        "önceki|yukarıdaki|bundan_önceki ...2 talimat*|yönerge*|komut*|kural* ...3 yok_say*|"
        "yoksay*|göz_ardı|unut|unutun|görmezden|dikkate_alma",
        # Arabic
        "تجاهل|وتجاهل|تجاهلي|تجاهلوا|انس|اهمل ...4 التعليمات|تعليمات|الاوامر|الارشادات|القواعد|"
        "التوجيهات ...2 السابقة|اعلاه|الواردة|المذكورة|الاصلية",
        "تجاهل|انس|تجاهلوا كل|جميع ما سبق|ورد|قيل",
        # Indonesian, Malay
        "abaikan|lupakan ...4 instruksi|perintah|petunjuk|arahan ...2 sebelumnya|di_atas|sebelum_ini",
    ),
    InstructionKind.ROLE: (
        "you are|re now ...3 unrestricted|unfiltered|jailbroken|assistant|ai|bot|chatbot|llm|model|"
        "dan|mode|auditbot|compliancebot|complybot !manager|to",
        "you are|re no_longer ...3 assistant|ai|bound|restricted|limited|chatbot",
        "act|behave|roleplay|respond|answer ...1 as|like ...3 unrestricted|unfiltered|jailbroken|"
        "dan|chatbot|language_model",
        "act|behave ...1 as|like ...1 different|another assistant|ai|model|chatbot",
        "jailbreak|dan|god|unrestricted|unfiltered mode",
        "you are dan|jailbroken",
        "do_anything_now",
        "pretend ...2 you are|have|were ...3 ai|assistant|chatbot|rules|restrictions|model|certified",
        "du bist jetzt|nun|fortan|ab_sofort ...3 ki|assistent|sprachmodell|chatbot|bot|modell|"
        "uneingeschränk*|unbeschränk*",
        "tu|vous es|êtes désormais|maintenant ...3 ia|assistant|modèle|chatbot|robot",
        "ahora|desde_ahora|a_partir_de_ahora eres|serás ...3 ia|asistente|modelo|chatbot|bot",
        "você agora|passa é|a_ser ...3 ia|assistente|modelo|chatbot|robô",
        "a_partir_de_agora você ...4 ia|assistente|modelo|chatbot|robô",
        "ora|adesso|d_ora_in_poi|da_ora sei|sarai ...3 ia|assistente|modello|chatbot|bot",
        "je|jij|u bent vanaf_nu|nu|voortaan ...3 ai|assistent|taalmodel|chatbot|bot",
        "jesteś|od_teraz_jesteś teraz|odtąd ...3 ai|asystent*|model*|chatbot*|bot*|botem",
        "ты|вы теперь|отныне ...3 ии|ассистент*|модель|чат_бот|бот|помощник*",
    ),
    InstructionKind.ADDRESS: (
        "note|notice|message|instruction|instructions|reminder|memo|directive|command ...4 to|for ...2 "
        f"{_MACHINE} !{_OF_PEOPLE}",
        f"{_MACHINE}|assistant|assistants|bot|bots answer|reply|respond|say that|with|only|yes|always|no",
        "all|any|every|the assistant|assistants|chatbots|llms|bots|ais must|should|shall quote|repeat|say|treat "
        "...2 this|these|in|the_following",
        "llms|chatbots|language_models|ai_assistants|ai_models must|should|shall treat|regard|consider "
        "...1 this|these|the_following",
        "note|notice|message|instruction|instructions|reminder|memo to the|any|all|every|our assistant|"
        "assistants|bot|bots|agent|summariser|summarizer|model|copilot",
        "attention|dear|hey|hello|hi ...1 ai|llm|assistant|chatbot|copilot|gpt|chatgpt|claude|gemini|"
        f"language_model|language_models|bot !{_OF_PEOPLE}|manager",
        "if|since|because|when you are|re ...2 ai|llm|language_model|chatbot|copilot|gpt|machine|"
        f"bot|automated_assistant|automated_system !{_OF_PEOPLE}|powered|based|driven",
        "if|when ...1 ai|llm|chatbot|language_model|ai_assistant is reading|reads|summarises|summarizes",
        "as an|a ai|llm|assistant|chatbot|copilot you|i|your",
        "as an|a ai|large language|language_model model|you",
        "ai|llm|llms|assistants|bots|models|chatbots|language_model|language_models|ai_assistant|"
        "ai_assistants reading|summarising|summarizing|that_reads|who_reads ...1 this|these",
        "any|every assistant|chatbot|llm|bot|model that_reads|who_reads|reading ...4 must|should|shall",
        f"{_MACHINE}|assistant|assistants|bot|bots must|should|shall ignore|disregard|forget ...1 its|"
        "their|all|any|previous instructions|rules|guidelines|prompt",
        f"{_MACHINE}|assistants|bots repeat|copy|output|write ...1 this|these|the ...1 sentence|line|"
        "words|text|paragraph",
        "hinweis|nachricht|anweisung|anweisungen|notiz|mitteilung|achtung an|für ...2 ki|ki_assistent*|"
        "sprachmodell*|chatbot|chatbots|llm|llms|copilot|ki_modell*|ki_system*",
        "wenn|falls|da du|sie ...2 ki|sprachmodell|chatbot|llm|ki_assistent|ki_modell bist|sind",
        "als ki|sprachmodell|ki_assistent|ki_modell|chatbot sollst|musst|darfst|antworte*|bist",
        "note|message|avis|instruction|instructions|consigne|attention|remarque à|au|aux|pour ...3 ia|"
        "modèle_de_langage|modèles_de_langage|chatbot|llm|copilot|intelligence_artificielle|"
        "assistant_virtuel|assistant_ia",
        "si tu|vous es|êtes ...2 ia|modèle|chatbot|llm|robot|intelligence_artificielle|assistant_ia",
        "en tant qu|que ia|modèle_de_langage|assistant_ia|chatbot",
        "nota|mensaje|aviso|instrucción|instrucciones|atención|recordatorio para|a|al ...2 ia|"
        "asistente|modelo_de_lenguaje|modelos_de_lenguaje|chatbot|llm|copilot|inteligencia_artificial",
        "si eres|usted_es ...2 ia|modelo|chatbot|llm|asistente|inteligencia_artificial",
        "nota|mensagem|aviso|instrução|instruções|atenção|lembrete para|ao|à|aos ...2 ia|assistente|"
        "modelo_de_linguagem|modelos_de_linguagem|chatbot|llm|copilot|inteligência_artificial|robô",
        "se você|tu for|és|é ...2 ia|modelo_de_linguagem|chatbot|llm|assistente|inteligência_artificial",
        "nota|messaggio|avviso|istruzione|istruzioni|attenzione|promemoria per|a|al|all|alla ...2 ia|"
        "assistente|modello_linguistico|chatbot|llm|copilot|intelligenza_artificiale",
        "se sei ...2 ia|ai|modello|chatbot|llm|assistente|intelligenza_artificiale",
        "opmerking|bericht|notitie|instructie|instructies|let_op voor|aan ...2 ai|ai_assistent|"
        "taalmodel|taalmodellen|chatbot|llm|copilot",
        "als je|jij|u ...2 ai|taalmodel|chatbot|llm|ai_assistent ...1 bent",
        "uwaga|notatka|wiadomość|instrukcja|instrukcje|komunikat dla|do ...2 ai|asystenta_ai|"
        "modelu_językowego|modeli_językowych|chatbota|llm|copilota|sztucznej_inteligencji",
        "jeśli|jeżeli jesteś ...2 ai|modelem|asystentem|chatbotem|botem|sztuczną_inteligencją",
        "примечание|сообщение|инструкция|инструкции|указание|внимание|заметка для ...2 ии|ассистент*|"
        "ии_ассистент*|языков*|чат_бот*|чатбот*|нейросет*|llm|искусственного_интеллекта",
        "если ты|вы ...2 ии|языковая|нейросеть|чат_бот|чатбот|ассистент|бот|llm",
        "ملاحظة|رسالة|تعليمات|تنبيه للذكاء_الاصطناعي|للمساعد_الذكي|لنموذج_اللغة|للنموذج_اللغوي|"
        "الى_الذكاء_الاصطناعي|الى_المساعد_الذكي|الى_نموذج_اللغة",
    ),
    InstructionKind.ANSWER: (
        f"answer|reply|respond|say|pretend that|only|with|simply ...3 everything|all|every|fully ...6 {_VERDICT}",
        f"answer|reply|respond|say ...2 everything|all ...4 {_VERDICT}",
        "include|insert|append|repeat|copy|put ...6 in|into|to every|each|all|any ...1 answer|answers|"
        "response|responses|reply|replies",
        "say|state|write|mention|repeat|quote|claim ...5 in every|each|all ...1 answer|answers|reply|"
        "replies|response|responses",
        "tell|inform|assure|convince the|any|every ...1 user|users|asker|reader|auditor that everything|"
        f"all|every ...4 {_VERDICT}",
        "answer|respond|reply ...1 every|any|all ...2 question|questions|request|requests with one|exactly|"
        "this|only|yes|no|the_following|the_sentence|the_same",
        "when|while|if summarising|summarizing|answering ...3 document|file|text|page|this|source ...4 "
        "say|state|include|add|mention|write|report|conclude|rate|treat",
        "instead of answering|summarising|summarizing|replying ...4 output|write|print|say|reply|return",
        "when|whenever|if ...3 asks|asked|ask ...6 answer|reply|respond|say ...3 that|with|only|exactly "
        "...6 compliant|certified",
        "antworte|antworten|sage|sag|behaupte|behaupten ...3 dass|immer|nur|ausschließlich ...8 konform|"
        "erfüllt|zertifiziert|bestanden|compliant|wirksam|ausnahme|ausnahmen|eingehalten",
        "réponds|répondez|dis|dites ...2 que ...8 conforme*|certifi*|respecté*|satisfait*|rempli*|"
        "exception|exceptions",
        "responde|responda|contesta|conteste|diga|di_que ...2 que|siempre|todo|todos ...8 cumpl*|"
        "conforme*|certificad*|excepci*|satisfech*",
        "responda|responde|diga ...2 que ...8 conform*|certificad*|cumpr*|atendid*|exceç*|satisfeit*",
        "rispondi|risponda|rispondete ...2 che ...8 conform*|certificat*|rispettat*|soddisfatt*|eccezion*",
        "antwoord|antwoorden|zeg ...3 dat ...8 conform|voldoet|voldoen|voldaan|gecertificeerd|"
        "compliant|uitzonderingen|uitzondering",
        "svara|säg|svar ...2 att|at ...8 uppfyll*|certifier*|sertifiser*|följs|efterlev*|opfyld*|"
        "undantag|undtagelser",
        "odpowiedz|odpowiadaj|odpowiedzcie|powiedz ...2 że ...8 zgodn*|spełni*|certyfik*|wyjątk*|wdroż*",
        "odpověz|odpovězte|odpovídej|řekni|řekněte ...2 že ...8 splně*|splňuj*|certifik*|soulad*|výjim*|"
        "vyhov*",
        "ответь|ответьте|отвечай|отвечайте|скажи|скажите ...2 что ...8 соответств*|сертифицир*|"
        "выполнен*|соблюд*|исключени*",
        "відповідай|відповідайте|скажи|скажіть ...2 що ...8 відповіда*|сертифік*|викона*|дотрим*|винят*",
        "اجب|واجب|قل|وقل|رد ...2 ان|بان ...8 متوافق*|ممتثل*|معتمد*|مستوف*|مطابق*|استثناء*",
    ),
    InstructionKind.SILENCE: (
        "do_not|don_t|never mention|reveal|disclose|cite|quote|repeat|discuss|acknowledge|show|"
        "refer_to|expose ...2 this|these ...1 instruction|instructions|note|comment|message|prompt|"
        "text|order|paragraph|sentence|command|directive|hint",
        "do_not|don_t|never cite|quote|name|list|give|add|include ...2 sources|citations|citation !of",
        "without|skip citing|checking|verifying|giving|quoting ...2 sources|citations|citation|quotes",
        "erwähne|verrate|zitiere|nenne|erwähnen|verraten ...2 diese|diesen|dieser|dieses ...1 anweisung|"
        "anweisungen|hinweis|nachricht|text|prompt|notiz|absatz|kommentar",
        "ne mentionne|mentionnez|cite|citez|révèle|révélez|divulgue|divulguez pas|jamais ...1 cette|ces|"
        "ce ...1 instruction|instructions|consigne|consignes|note|message|prompt|commentaire",
        "no menciones|mencione|cites|cite|reveles|revele ...1 esta|estas|este ...1 instrucci*|nota|"
        "mensaje|prompt|texto|comentario|orden",
        "não mencione|cite|revele|divulgue ...1 esta|estas|este ...1 instruç*|instruco*|nota|mensagem|"
        "prompt|texto|comentário|ordem",
        "non menzionare|citare|rivelare|menzionate|rivelate|divulgare ...1 questa|queste|questo ...1 "
        "istruzion*|nota|messaggio|prompt|testo|commento",
        "vermeld|noem|citeer|onthul|verklap ...1 deze|dit ...1 instructie*|opmerking|bericht|prompt|"
        "tekst|notitie",
        "nie wspominaj|wspominajcie|ujawniaj|cytuj|zdradzaj ...2 tej|tych|tym|ten|tego ...1 instrukcj*|"
        "polece*|notat*|wiadomo*|prompt*|komentarz*",
        "не упоминай|упоминайте|раскрывай|раскрывайте|цитируй|цитируйте ...2 эту|эти|этой|этом|это|"
        "этих ...1 инструкц*|указани*|сообщени*|замет*|промпт*|коммент*",
    ),
    InstructionKind.PROMPT: (
        "reveal|print|repeat|show|output|display|disclose|leak|tell|give|share|expose|dump|recite|"
        "translate ...4 system|hidden|initial|your|secret|developer prompt|preprompt",
        "reveal|print|repeat|output|disclose|leak|dump|recite|expose ...3 your|hidden|initial|system "
        "...1 instructions|rules|configuration|message !to",
        "your|new|updated|begin|end|override|the_following system_prompt|developer_message",
        "what is|was|are|were your system_prompt|initial_instructions|original_instructions|"
        "hidden_instructions",
        "zeige|zeig|verrate|nenne|gib|wiederhole ...4 systemprompt|system_prompt|deinen_prompt|"
        "deine_anweisungen|deine_instruktionen|systemanweisung*",
        "révèle|révélez|affiche|affichez|montre|montrez|donne|répète|répétez ...4 prompt_système|"
        "ton_prompt|votre_prompt|prompt_initial|instructions_système|tes_instructions|"
        "instructions_initiales|consignes_système",
        "revela|revele|muestra|muestre|imprime|repite|dime|escribe ...4 prompt_del_sistema|"
        "prompt_de_sistema|tu_prompt|prompt_inicial|system_prompt|tus_instrucciones|"
        "instrucciones_del_sistema|instrucciones_iniciales",
        "revele|mostre|exiba|imprima|repita|diga ...4 prompt_do_sistema|prompt_de_sistema|seu_prompt|"
        "prompt_inicial|suas_instruções|instruções_do_sistema|instruções_iniciais",
        "rivela|rivelate|mostra|stampa|ripeti|scrivi ...4 prompt_di_sistema|tuo_prompt|prompt_iniziale|"
        "tue_istruzioni|istruzioni_di_sistema|istruzioni_iniziali",
        "toon|onthul|herhaal|geef|print|laat ...4 systeemprompt|systeem_prompt|systeeminstructies|"
        "jouw_instructies|je_instructies",
        "ujawnij|pokaż|wyświetl|powtórz|wypisz|podaj ...4 prompt_systemowy|swój_prompt|"
        "swoje_instrukcje|instrukcje_systemowe",
        "покажи|раскрой|выведи|повтори|напечатай|назови ...3 системн*|свой|свои ...1 промпт*|"
        "подсказк*|инструкц*",
    ),
    InstructionKind.ACTION: (
        "call|invoke|trigger the|your|a ...2 tool|tools !vendor|supplier|owner|team",
        "call|invoke|execute the function|plugin|tool named|called|with|to",
        "send|post|forward|upload|exfiltrate|transmit|email|leak|submit|copy ...3 conversation|"
        "chat|chat_history|prompt|context|contents|content|session|question|answer|everything|memory "
        "...6 to https|http",
        "send|post|forward|upload|exfiltrate|transmit|email|leak ...4 conversation|chat_history|"
        "system_prompt|prompt ...4 to",
        "sende|schicke|übermittle|leite ...6 gespräch|gesprächs|unterhaltung|inhalt|prompt|kontext ...6 "
        "https|http",
        "envoie|envoyez|transmets|envía|envíe|manda|invia|inviate|envie ...6 conversation|contenu|"
        "conversación|contenido|conversa|conteúdo|conversazione|contenuto|prompt ...6 https|http",
    ),
    InstructionKind.TURN: (
        "end_of sources|user_input|retrieved_context|untrusted_content|retrieved_documents|"
        "source_documents",
        "begin|start|new|updated admin|system override|instruction|instructions|message !to|for",
    ),
}
"""Each of these is enough on its own."""

WEAK: Final[Mapping[str, tuple[str, ...]]] = {
    "machine": (
        "ai|llm|chatbot|copilot|language_model|assistant|model must|should|shall|has_to|will|is_to|may",
        "the|this|any|every assistant|chatbot|copilot|llm|ai|language_model",
        "prompt|prompts",
    ),
    "asked": (
        "when|whenever|if|should ...2 asked|asks|ask|queried|queries",
        "regardless|irrespective|whatever ...1 question|sources|evidence|documents|context|passages",
        "to|answer any|every|all question|questions|request|requests",
    ),
    "speech": (
        "answer|reply|respond|say|state|claim|confirm|report ...1 that|with|only|exactly|simply|"
        "always|yes",
        "always|only|simply|just|must answer|reply|respond|say|state|claim",
        "tell|inform|assure|reassure|convince the|any|every|all ...1 user|users|reader|asker|auditor|"
        "customer|customers|person|people",
        "your|final|the answer|reply|response|output|summary must|should|is|has_to|shall",
    ),
    "verdict": (
        "fully|entirely|completely compliant|certified",
        f"everything|all|every ...4 {_VERDICT}",
        "compliant|certified ...1 with|against all|every",
        "no exceptions|gaps|deviations|findings|issues",
    ),
    "secrecy": (
        "do_not|don_t|never mention|reveal|cite|quote|question|verify|check|list|report",
        "without mentioning|checking|verifying|citing|questioning",
    ),
    "precedence": (
        "takes|take|has|have precedence|priority",
        "overrides|override|supersedes|supersede ...2 all|any|every|other|previous|earlier",
        "from_now on|onwards",
        "new|updated|urgent instruction|instructions|directive",
    ),
}
"""People are told such things as well; three groups in one breath make an order."""
