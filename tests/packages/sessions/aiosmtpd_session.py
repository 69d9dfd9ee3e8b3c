# packages: aiosmtpd==1.4.6 atpublic==9.0.0 attrs==26.1.0
"""aiosmtpd: its controller's loop in a thread, mail from smtplib, refusals, STARTTLS not offered."""
import smtplib
from email.message import EmailMessage

from aiosmtpd.controller import Controller


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.endswith("@elsewhere"):
            return "550 not relaying"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        print(envelope.mail_from, envelope.rcpt_tos, envelope.content.splitlines()[0])
        return "250 kept"


class AnyPort(Controller):
    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


controller = AnyPort(Handler(), hostname="127.0.0.1", port=0)
controller.start()
message = EmailMessage()
message["Subject"], message["From"], message["To"] = "hello", "a@here", "b@here"
message.set_content("text\n" * 1000)
with smtplib.SMTP("127.0.0.1", controller.port, local_hostname="client") as client:
    print(client.ehlo()[0], client.has_extn("size"), client.has_extn("starttls"))
    print(client.send_message(message))
    print(client.sendmail("a@here", ["b@here", "c@elsewhere"], "Subject: two\n\nbody"))
    try:
        client.sendmail("a@here", ["c@elsewhere"], "x")
    except smtplib.SMTPRecipientsRefused as error:
        print(error.recipients)
controller.stop()
