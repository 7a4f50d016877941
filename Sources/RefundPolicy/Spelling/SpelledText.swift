/// An identifier as stores keep it for ever, whatever its spelling.
public enum SpelledText {
    /// What all spellings of an identifier have in common: the parts of `LineIdentity` are made so.
    public static func identity(of text: String) -> String { Spelling.folded(text) }
}
