/// A message's bytes as they came, with what is confidential masked and what is wrong marked.
func messageBody(_ body: ShownBody, _ name: String) -> HTML {
    tag("pre", .class("body"), Attribute("tabindex", "0"), .label(name)) {
        tag("code") {
            for piece in body.pieces { bodyPiece(piece) }
            if body.omitted > 0 { "… \(counted(body.omitted, "more byte"))" }
        }
    }
}

private func bodyPiece(_ piece: ShownBody.Piece) -> HTML {
    let text = piece.isMasked ? tag("span", .class("masked")) { piece.text } : HTML(piece.text)
    return piece.isMarked ? tag("mark") { text } : text
}
