import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { languagesOf, speaks, speaksAny } from "./language.js";

describe("the language of a script", () => {
  it.each([
    ["Hello, I am Dana and I build data platforms.", "English"],
    ["Hallo, ich bin Dana und baue Datenplattformen.", "German"],
    ["Bonjour, je suis Dana et je travaille avec des données.", "French"],
    ["Hola, soy Dana y trabajo con los datos.", "Spanish"],
    ["Olá, eu sou Dana e não trabalho com uma equipe.", "Portuguese"],
    ["Ciao, sono Dana e questo è il mio lavoro.", "Italian"],
    ["Hallo, ik ben Dana en dit is het team van mijn bedrijf.", "Dutch"],
    ["Cześć, jestem Dana i to jest moja praca.", "Polish"],
    ["Merhaba, ben Dana ve bu bir deneme.", "Turkish"],
    ["こんにちは、ダナです。東京で働いています。", "Japanese"],
    ["你好，我是达娜。", "Chinese"],
    ["안녕하세요, 다나입니다.", "Korean"],
    ["Здравствуйте, меня зовут Дана.", "Russian"],
    ["Привіт, мене звати Дана, я її колега.", "Ukrainian"],
    ["مرحبا، أنا دانا", "Arabic"],
    ["नमस्ते, मैं दाना हूँ", "Hindi"],
    ["Γεια σας, είμαι η Ντάνα", "Greek"],
    // A foreign name in between changes nothing.
    ["We met in 東京 and talked for hours about the future of the company.", "English"],
  ])("of %p is %s", (script, language) => {
    expect(languagesOf(script)[0]).toBe(language);
  });

  it("of Latin letters is never one of other letters, whatever the words", () => {
    const word = fc.stringMatching(/^[a-z]{1,9}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (words) => {
        const languages = languagesOf(words.join(" "));
        expect(languages.length).toBeGreaterThan(0);
        for (const other of ["Japanese", "Chinese", "Korean", "Russian", "Arabic"]) {
          expect(languages).not.toContain(other);
        }
      }),
    );
  });
});

describe("the language of a voice", () => {
  it("is told by a word, by a word with a place, or by a code", () => {
    for (const said of ["English", "english (US)", "en", "en-GB", "en_us"]) {
      expect(speaks(said, "English")).toBe(true);
    }
    for (const said of ["Japanese", "", "Slovenian", "enm"]) expect(speaks(said, "English")).toBe(false);
  });

  it("is any where it is not told, or told to be several", () => {
    for (const said of [undefined, null, "", "Multilingual", "multi", "Auto"])
      expect(speaksAny(said)).toBe(true);
    expect(speaksAny("Japanese")).toBe(false);
  });
});
