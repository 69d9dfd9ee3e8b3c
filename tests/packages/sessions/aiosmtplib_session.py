# packages: aiosmtplib==5.1.3 aiosmtpd==1.4.6 atpublic==9.0.0 attrs==26.1.0
"""aiosmtplib: an asynchronous client, against aiosmtpd in the same loop."""
import asyncio
from email.message import EmailMessage

import aiosmtplib
from aiosmtpd.smtp import SMTP


class Handler:
    async def handle_DATA(self, server, session, envelope):
        got.append((envelope.mail_from, envelope.rcpt_tos, len(envelope.content)))
        return "250 kept"


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), hostname="here", loop=loop), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for number in range(3):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "a@here", f"b{number}@here", "subject"
        message.set_content("line\n" * 100 * number)
        errors, answer = await aiosmtplib.send(message, hostname="127.0.0.1", port=port)
        print(errors, answer)
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port) as client:
        print((await client.noop()).code)
        try:
            await client.vrfy("")
        except aiosmtplib.SMTPResponseException as error:
            print(type(error).__name__, error.code)
    server.close()


got = []
asyncio.run(main())
print(got)
