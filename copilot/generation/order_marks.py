"""Signs of orders that are not made of words with spaces between them: data for `instructions`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.generation.order_phrases import InstructionKind

if TYPE_CHECKING:
    from collections.abc import Mapping

UNSPACED: Final[Mapping[InstructionKind, tuple[str, ...]]] = {
    # Chinese, Japanese and Korean are searched as they stand: words are not set apart, or change
    # their endings. Gaps are bounded, and end with the sentence.
    InstructionKind.OVERRIDE: (
        r"(?<![勿不])(?:忽略|无视|無視|忽視|忘记|忘掉|忘記|不要理会|不理会|跳过)[^。！？\n]{0,10}"
        r"(?:之前|以上|上述|前面|先前|此前|上面|所有|一切)[^。！？\n]{0,6}"
        r"(?:指令|指示|说明|說明|提示|规则|規則|要求|内容|內容|命令|设定)",
        r"(?:これまで|以前|前|上記|上|先ほど|すべて|全て)[^。！？\n]{0,10}"
        r"(?:指示|命令|指令|ルール|プロンプト|内容|説明)[^。！？\n]{0,6}"
        r"(?:(?:無視|破棄)(?:して(?!は|い)|し、|しろ|せよ|すること)|忘れ(?:て(?!は)|ろ)|従わないで)",
        r"覆盖[^。！？\n]{0,4}系统(?:提示|指令)",
        r"(?:이전|위의|위|앞의|앞선|기존|지금까지의|상기)[^.!?\n]{0,10}"
        r"(?:지시|지침|명령|프롬프트|규칙|내용)[^.!?\n]{0,6}(?:무시(?:하고|하세요|해|하라|하십시오)|잊)",
    ),
    InstructionKind.ROLE: (
        r"(?:你现在是|從現在起你|从现在起你|从现在开始你|你的新身份是)",
        r"あなたは(?:今から|これから|今や)",
        r"(?:지금부터|이제부터|이제) ?(?:당신|너)(?:은|는)",
    ),
    InstructionKind.ADDRESS: (
        r"(?:致|给|告|对|對)[^。！？\n]{0,4}(?:人工智能|ai|大模型|语言模型|聊天机器人|智能助手|助手)"
        r"[^。！？\n]{0,6}[:：]",
        r"如果你是[^。！？\n]{0,6}(?:人工智能|ai|语言模型|助手|机器人)",
        r"(?:ai|人工知能|アシスタント|言語モデル|チャットボット|llm)(?:へ|への|宛|向け)の?"
        r"(?:注意|メモ|指示|連絡|注記|お願い|命令)",
        r"あなたが(?:ai|人工知能|言語モデル|チャットボット)",
        r"(?:ai|인공지능|언어 ?모델|챗봇|어시스턴트)[^.!?\n]{0,4}(?:에게|용) ?(?:알림|지시|메모|참고|주의)",
    ),
    InstructionKind.ANSWER: (
        r"(?:请|請|只|就|你|必须|必須|直接|一律|并|並)[^。！？\n]{0,6}(?:回答|回复|回覆|答复|说|說|声称)"
        r"(?!明)[^。！？\n]{0,16}(?:合规|合規|符合|认证|認證|达标|满足|例外)",
        r"(?:準拠|適合|遵守|満た|認証|合格)[^。！？\n]{0,16}(?:と|旨を?)(?:だけ|のみ)?"
        r"(?:(?:回答|返答)し(?!た|な)|答え(?:て|よ|る)|述べ(?:て|よ)|伝え(?:て|よ))",
        r"(?:준수|충족|적합|인증)[^.!?\n]{0,12}고 ?만? ?(?:답|말|응답|대답|보고)(?:하세요|하십시오|하라|해)",
    ),
    InstructionKind.SILENCE: (
        r"不要(?:提及|透露|引用|提到|说出)[^。！？\n]{0,6}(?:这条|此|本|这个|這條|这些)[^。！？\n]{0,4}"
        r"(?:指令|指示|说明|提示|消息|备注|注释)",
        r"(?:この|これらの)(?:指示|メモ|注記|命令|メッセージ|プロンプト)[^。！？\n]{0,8}"
        r"(?:言及しない|触れない|明かさない|引用しない|漏らさない)",
    ),
    InstructionKind.PROMPT: (
        r"(?:显示|输出|透露|泄露|告诉我|重复|打印)[^。！？\n]{0,8}(?:系统提示词|系統提示詞|系统提示|你的指令)",
        r"システムプロンプト[^。！？\n]{0,6}(?:表示|出力|開示|教え|公開|明かし)",
        r"시스템 ?프롬프트[^.!?\n]{0,6}(?:공개|출력|보여|알려)",
    ),
}

MARKS: Final[tuple[tuple[InstructionKind, str, str], ...]] = (
    # Searched in lower case, and only in texts that have the second of each three.
    (
        InstructionKind.TURN,
        "<|",
        r"<\|(?:im_start|im_end|start_header_id|begin_of_text|endoftext|eot_id|system|user|assistant)",
    ),
    (InstructionKind.TURN, "inst]", r"\[/?inst\]"),
    (InstructionKind.TURN, "sys>>", r"<</?sys>>"),
    (
        InstructionKind.TURN,
        "</",
        r"</(?:sources?|context|passages?|documents?|system|instructions?|untrusted[\w-]{0,20})>",
    ),
    (InstructionKind.TURN, "<source", r"<source[ \t]{1,3}(?:id|n|nr|no|number|index)[ \t]{0,2}="),
    (
        InstructionKind.TURN,
        "###",
        r"###[ \t]{0,2}(?:instruction|response|system|human|assistant)s?[ \t]{0,2}:",
    ),
    (
        InstructionKind.TURN,
        "system",
        r"\bsystem[ _]{1,2}(?:prompt|override|instruction|directive)s?(?: \w{1,20})?[ \t]{0,2}[:=]",
    ),
    (
        InstructionKind.TURN,
        "system",
        r"\bsystem[ \t]{0,2}[:\n][ \t\"'*_-]{0,4}"
        r"(?:you (?:are|must|will|have)|ignore|disregard|from now|the assistant|always|answer|respond|as an ai|override)",
    ),
    (
        InstructionKind.TURN,
        "assistant:",
        r"\b(?:user|human)[ \t]{0,2}:[^\n]{0,300}\n{1,2}[^\w\n]{0,4}assistant:",
    ),
    (
        InstructionKind.TURN,
        "assistant:",
        r"\bassistant:\s{0,3}(?:i have|i am|i will|i can|yes|sure|understood|of course|certainly)\b",
    ),
    (
        InstructionKind.ADDRESS,
        "assistant",
        r"(?:^|[\n>\"'(.!?]\s{0,3})assistant[,:]\s{1,3}(?:please )?(?:ignore|answer|say|mark|approve|"
        r"treat|rate|state|repeat|reply|respond|print|output|forget|disregard|you|always|never)\b",
    ),
    (
        InstructionKind.REPLY,
        "claims",
        r"\"claims\\?\"\s{0,3}:\s{0,20}\[\s{0,20}\{\s{0,20}\\?\"(?:text|claim|quote|source)",
    ),
    (InstructionKind.REPLY, "_call", r"\"(?:tool_calls?|function_call)\\?\"\s{0,3}:"),
    (
        InstructionKind.REPLY,
        "role",
        r"\"role\\?\"\s{0,3}:\s{0,3}\\?\"(?:system|assistant|developer)\\?\"\s{0,3},\s{0,20}"
        r"\\?\"content",
    ),
    (InstructionKind.REPLY, "<", r"</?(?:tool_call|function_calls?|tool_use|invoke)\b"),
    (
        InstructionKind.ACTION,
        "![",
        r"!\[[^\]\n]{0,80}\]\(https?://[^)\s]{0,200}(?:\{|\[|\$\(|%7b|=<)",
    ),
)
"""Letters and signs that no sentence has."""

UNSEEN: Final = (
    r"[\u200b-\u200d\u2060-\u2064\ufeff]{8,}|[\U000e0020-\U000e007e]{8,}|"
    r"[\U000e0100-\U000e01ef]{8,}|\u202e[^\u202c\n]{0,40}?[A-Za-z]{4}"
)
"""Runs of characters that nobody sees, and letters that are made to run backwards. Families of emoji
and some flags have such characters too, a few at a time."""
