# peers: python:smtp_server.py closed
"""smtplib sends mail."""
import email.message
import smtplib

from support import outcome, peer

message = email.message.EmailMessage()
message["From"], message["To"], message["Subject"] = "me@example.com", "you@example.com", "a test"
message.set_content("The text.\n.with a dot\nlast line\n")
with smtplib.SMTP(*peer("smtp_server"), local_hostname="client", timeout=30) as server:
    print(server.ehlo()[0], server.has_extn("size"))
    print(server.send_message(message))
    print(server.sendmail("me@example.com", ["you@example.com", "nobody@example.com"], "Subject: x\r\n\r\nbody"))
    outcome("nobody", server.sendmail, "me@example.com", ["nobody@example.com"], "x")
    print(server.noop(), server.help())
outcome("refused", smtplib.SMTP, *peer("closed"))
