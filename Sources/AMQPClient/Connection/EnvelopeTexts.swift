/// The texts that come with every message and rarely change.
struct EnvelopeTexts {
    var consumerTag = RepeatedText()
    var exchange = RepeatedText()
    var routingKey = RepeatedText()
}
