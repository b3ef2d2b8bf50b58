#pragma once

// Authorities and certificates, made when a test needs them.

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <chrono>
#include <memory>
#include <string>

namespace FineTuning::test {

/// A certificate and the key that belongs to it.
struct Identity {
  template <auto free>
  struct Free {
    template <class T>
    void operator()(T* object) const {
      free(object);
    }
  };
  std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>> key;
  std::unique_ptr<X509, Free<X509_free>> certificate;
};

struct CertificateFacts {
  std::string names = "IP:127.0.0.1,DNS:localhost";       ///< As OpenSSL writes a subjectAltName.
  std::chrono::seconds begins = std::chrono::hours(-48);  ///< From now.
  std::chrono::seconds ends = std::chrono::hours(48);
};

[[nodiscard]] Identity make_authority(const char* name = "Authority of a test");
[[nodiscard]] Identity issue(const Identity& authority, const CertificateFacts& facts = {});
[[nodiscard]] Identity self_signed(const CertificateFacts& facts = {});

/// The certificate, as a CA file has it.
[[nodiscard]] std::string to_pem(const Identity& identity);

}  // namespace FineTuning::test
