# peers: python:ftp_server.py
"""ftplib: passive and active transfers both ways."""
import ftplib
import hashlib
import io

from support import peer

ftp = ftplib.FTP(timeout=30)
print(ftp.connect(*peer("ftp_server")), ftp.login("user", "password"))
print(ftp.nlst(), ftp.size("large.bin"))
for passive in (True, False):
    ftp.set_pasv(passive)
    lines, received = [], hashlib.sha256()
    print(ftp.retrlines("RETR hello.txt", lines.append), lines)
    print(ftp.retrbinary("RETR large.bin", received.update), received.hexdigest())
    print(ftp.storbinary("STOR new.bin", io.BytesIO(b"stored" * 10000)), ftp.size("new.bin"))
try:
    ftp.retrbinary("RETR missing", print)
except ftplib.error_perm as error:
    print("error_perm", error)
print(ftp.quit())
