public import Foundation
public import RefundPolicy

extension ActionID {
    /// One for an act that begins now: no other has it.
    public static func made(from unique: UUID = UUID()) -> ActionID {
        let text = "act-\(unique.uuidString.lowercased())"
        guard let id = ActionID(text) else { preconditionFailure("\(text) has the form of an action's id") }
        return id
    }
}
